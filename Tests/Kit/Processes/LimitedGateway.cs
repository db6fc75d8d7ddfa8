using System.Globalization;
using Xunit;

namespace Camdiv.Tests.Kit.Processes;

/// <summary>A gateway process that may open few files.</summary>
public sealed class LimitedGateway : IAsyncDisposable
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

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The process.</summary>
    public ProcessUnderTest Process { get; }

    /// <summary>Starts it and awaits that it listens.</summary>
    /// <param name="openFiles">How many files it may open.</param>
    /// <param name="settings">Its settings.</param>
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _data.Dispose();
    }
}
