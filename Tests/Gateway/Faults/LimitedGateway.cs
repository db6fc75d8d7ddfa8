using System.Globalization;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Gateway.Faults;

/// <summary>A gateway process that may open few files.</summary>
internal sealed class LimitedGateway : IAsyncDisposable
{
    private readonly TemporaryFolder _data = new();

    private LimitedGateway(int openFiles, SystemSettings settings)
    {
        Address = new Uri($"http://127.0.0.1:{FreePort.Tcp()}");
        Process = ProcessUnderTest.Start(
            "sh",
            ["-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {openFiles} && exec dotnet \"$@\""), "sh",
                Repository.Output("Gateway", "Camdiv.Gateway"),
                $"--urls={Address.GetLeftPart(UriPartial.Authority)}", $"--Storage:DataFolder={_data.Path}", .. settings.Arguments],
            Path.Combine(Repository.Root, "Gateway"));
    }

    public Uri Address { get; }

    public ProcessUnderTest Process { get; }

    public static async Task<LimitedGateway> StartAsync(int openFiles, SystemSettings settings)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit on open files is read on Linux only.");
        var gateway = new LimitedGateway(openFiles, settings);
        try
        {
            await gateway.Process.ListeningAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _data.Dispose();
    }
}
