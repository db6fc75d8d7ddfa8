namespace Camdiv.Tests.Deploy.Turn;

/// <summary>What deploy/coturn promises beyond allocating.</summary>
public sealed class RegionServerTests
{
    private const string Newer = "the-next-secret-of-the-region";

    [Fact]
    public async Task A_secret_rotates_without_a_restart_and_without_an_end_to_calls()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        using var call = await HeldAllocation.OpenAsync(server.Port, RegionServer.Secret);

        server.RotateSecret("add", Newer);
        var (both, output, _) = await TurnCli.RunAsync(
        [
            "check", "--all-secrets", "--ca", certificates.Authority, "--timeout", "20",
            .. TurnCli.Region(server.Port, server.TlsPort, Newer), $"--Ice:Regions:0:Secrets:1={RegionServer.Secret}",
        ]);
        Assert.Contains("All 6 ways work.", output, StringComparison.Ordinal);
        Assert.Equal(0, both);

        server.RotateSecret("remove", RegionServer.Secret);
        Assert.Equal(1, (await TurnCli.CheckAsync(server.Port, server.TlsPort, more: ["--ca", certificates.Authority])).ExitCode);
        Assert.Equal(0, (await TurnCli.CheckAsync(server.Port, server.TlsPort, Newer, more: ["--ca", certificates.Authority])).ExitCode);
        Assert.Null(await call.RefreshAsync());
    }
}
