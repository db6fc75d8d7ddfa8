using Camdiv.Tests.Browser.Kit;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Browser;

/// <summary>Starts a gateway process of its own for every test.</summary>
public sealed class Gateways : ISystemFactory
{
    /// <inheritdoc/>
    public async Task<ISystemUnderTest> StartAsync(SystemSettings settings) =>
        new GatewayUnderTest(await GatewayProcess.StartAsync(settings));
}

/// <summary>The embedded product in a process that can be killed and started again.</summary>
public sealed class GatewayUnderTest(GatewayProcess gateway) : ISystemUnderTest, IRestartable
{
    /// <inheritdoc/>
    public IReadOnlyList<Uri> Gateways => gateway.Gateways;

    /// <inheritdoc/>
    public string Output => gateway.Output;

    /// <inheritdoc/>
    public async Task KillAsync(string id)
    {
        await Until.TrueAsync(() => Remembers(id), $"the backup names {id}");
        await gateway.Process.KillAsync();
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        gateway.Process.Terminate();
        await gateway.Process.EndedAsync();
    }

    /// <inheritdoc/>
    public Task RestartAsync() => gateway.RestartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    private bool Remembers(string id) =>
        Directory.EnumerateFiles(gateway.DataFolder, "*", SearchOption.AllDirectories).Any(file => Read(file).Contains(id, StringComparison.Ordinal));

    private static string Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (FileNotFoundException)
        {
            // The backup is rewritten under other names; the next look finds the new one.
            return "";
        }
    }
}
