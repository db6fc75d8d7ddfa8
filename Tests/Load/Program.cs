using System.CommandLine;
using Camdiv.Tests.Load.Commands;

var root = new RootCommand("Load tester: drives servers with many strangers and judges what they were told.")
{
    RunCommand.Create(),
    CompareCommand.Create(),
    FramesCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
