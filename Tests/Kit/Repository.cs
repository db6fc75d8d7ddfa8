namespace Camdiv.Tests.Kit;

/// <summary>Where this repository's files are while its tests run.</summary>
public static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The build output of a project's assembly, of the same configuration as the running test.</summary>
    public static string Output(string projectFolder, string assembly)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name ?? "Debug";
        return Path.Combine(Root, projectFolder, "bin", configuration, "net10.0", assembly + ".dll");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Camdiv.Orleans.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException($"No Camdiv.Orleans.sln above {AppContext.BaseDirectory}.");
    }
}
