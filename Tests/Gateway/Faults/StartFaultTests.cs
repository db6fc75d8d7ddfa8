using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Gateway.Faults;

/// <summary>What can be wrong with a machine or a configuration when the gateway starts.</summary>
public sealed class StartFaultTests
{
    [Fact]
    public async Task A_port_in_use_ends_the_start_with_a_clear_line()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        var port = ((IPEndPoint)holder.LocalEndPoint!).Port;
        var output = await FailAsync($"--urls=http://127.0.0.1:{port}");
        Assert.Contains("address already in use", output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(port.ToString(CultureInfo.InvariantCulture), output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_without_a_secret_ends_the_start_and_names_the_key()
    {
        var settings = SystemSettings.Default.WithRegion(0, "ams", 5);
        var output = await FailAsync([.. settings.Arguments]);
        Assert.Contains("Ice:Regions:0:Secrets", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_mistakes_are_told_at_once()
    {
        var settings = SystemSettings.Default
            .With(Keys.Grace, -1)
            .With(Keys.Ack, "soon")
            .With(Keys.Origin, "not an origin")
            .With(Keys.SessionSeconds, 0)
            .WithRegion(0, "ams", 500, "s");
        var output = await FailAsync([.. settings.Arguments]);
        foreach (var key in new[] { Keys.Grace, Keys.Ack, Keys.Origin, Keys.SessionSeconds, "Ice:Regions:0:Longitude" })
        {
            Assert.Contains(key, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_secret_never_shows_in_a_configuration_error()
    {
        var settings = SystemSettings.Default.WithRegion(0, "ams", 500, "do-not-print-me");
        Assert.DoesNotContain("do-not-print-me", await FailAsync([.. settings.Arguments]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unwritable_data_folder_stops_nothing_or_says_why()
    {
        using var folder = new TemporaryFolder();
        // A file stands where the folder should be: unwritable for every user, root included.
        var blocked = Path.Combine(folder.Path, "data");
        await File.WriteAllTextAsync(blocked, "a file, not a folder");
        await using var process = Launch(["--urls=http://127.0.0.1:0", "--Storage:DataFolder=" + blocked]);
        var listening = process.ListeningAsync();
        var ended = process.EndedAsync(TimeSpan.FromSeconds(30));
        if (await Task.WhenAny(listening, ended) == ended || listening.IsFaulted)
        {
            await ended;
            Assert.NotEqual(0, process.ExitCode);
            Assert.Contains(blocked, process.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
        }
        else
        {
            await using var client = await Wire.WireClient.JoinAsync(await listening);
            await Stage.ExpectNothingAsync(client);
            Assert.Contains(blocked, process.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("{\"version\":999}")]
    [InlineData("{\"half\":[1,2")]
    public async Task A_torn_or_foreign_backup_is_set_aside(string content)
    {
        await using var system = await GatewayProcess.StartAsync(SystemSettings.Default);
        await using (var first = await Wire.WireClient.JoinAsync(system.Gateways[0]))
        {
            await first.StartAsync();
            await first.ExpectAsync("searching");
        }
        await system.Process.KillAsync();
        foreach (var file in Backups(system))
        {
            await File.WriteAllTextAsync(file, content);
        }
        await system.RestartAsync();
        await using var client = await Wire.WireClient.JoinAsync(system.Gateways[0]);
        await Stage.ExpectNothingAsync(client);
    }

    [Fact]
    public async Task No_secret_of_a_user_is_logged()
    {
        var settings = SystemSettings.Default.With("Logging:LogLevel:Default", "Trace");
        var system = await GatewayProcess.StartAsync(settings);
        string[] secrets;
        await using (var stage = new Stage(system))
        {
            var (a, b) = await stage.SettledPairAsync();
            await a.RelayAsync("{\"description\":{\"type\":\"offer\",\"sdp\":\"very-private-sdp\"}}");
            await b.NextAsync(m => m.Payload is not null, "the offer");
            await b.RelayAsync("{\"text\":\"very-private-text\"}");
            await a.NextAsync(m => m.Payload is not null, "the text");
            await a.ReportAsync("very-private-reason");
            await a.ExpectAsync("reported");
            await stage.GetJsonAsync("/ice-servers", a.Session);
            await stage.DropAsync(a);
            await stage.ReturnAsync(a);
            secrets = ["very-private", a.Session, b.Session, "127.0.0.1:" + 0];
        }
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, system.Output, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Backups(GatewayProcess system) =>
        Directory.EnumerateFiles(system.DataFolder, "*", SearchOption.AllDirectories)
            .Where(file => !Path.GetFileName(file).Contains("key", StringComparison.OrdinalIgnoreCase));

    private static async Task<string> FailAsync(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        await using var process = Launch(["--urls=http://127.0.0.1:0", "--Storage:DataFolder=" + folder.Path, .. arguments]);
        await process.EndedAsync(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, process.ExitCode);
        Assert.DoesNotContain("Now listening", process.Output, StringComparison.Ordinal);
        return process.Output;
    }

    private static ProcessUnderTest Launch(IEnumerable<string> arguments) =>
        ProcessUnderTest.StartDotnet(
            Repository.Output("Gateway", "Camdiv.Gateway"), arguments, Path.Combine(Repository.Root, "Gateway"));
}
