using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Otlp;

namespace Camdiv.Tests.Deploy.Telemetry;

/// <summary>What the gateway sends to a collector, held against the guide.</summary>
public sealed class OtlpExportTests
{
    private static readonly string[] OfEmbedded = ["gateway", "queue"];

    [Fact]
    public async Task Every_metric_of_the_guide_arrives_and_none_that_it_lacks()
    {
        await using var receiver = OtlpReceiver.Start();
        await using var gateway = await EmbeddedGateway.StartAsync(receiver.Environment("gateway-1"));
        await gateway.MeetAsync();
        await ArrivedAsync(
            () => MetricAudit.Missing(receiver, OfEmbedded).Count == 0 && receiver.Sum("camdiv.sessions.online") == 0,
            () => $"missing: {string.Join(", ", MetricAudit.Missing(receiver, OfEmbedded))}");

        Assert.Empty(MetricAudit.Undocumented(receiver));
        Assert.Equal(1, receiver.Sum("camdiv.pairing.matches"));
        Assert.Equal(2, receiver.Sum("camdiv.sessions.time_to_match", ("camdiv.chat", "video")));
        Assert.Equal(1, receiver.Sum("camdiv.sessions.room.duration", ("camdiv.chat", "video")));
        Assert.Equal(1, receiver.Sum("camdiv.media.connected", ("camdiv.candidate_type", "relay"), ("network.transport", "tls")));
        Assert.Equal(0.5, receiver.Sum("camdiv.media.direct_ratio"));
        Assert.Equal(2, receiver.Sum("camdiv.gateway.relay.frames", ("camdiv.outcome", "delivered")));
        Assert.Equal(1, receiver.Sum("camdiv.ice.credentials", ("camdiv.region", "nyc"), ("camdiv.rank", "2")));
        Assert.Equal(0, receiver.Sum("camdiv.gateway.slow_consumers"));
        Assert.All(receiver.Metrics, metric => Assert.Equal("camdiv", metric.Resource["service.name"]));
        Assert.All(receiver.Metrics, metric => Assert.Equal("gateway-1", metric.Resource["service.instance.id"]));
        Assert.All(receiver.Metrics, metric => Assert.Equal("embedded", metric.Resource["camdiv.role"]));
    }

    [Fact]
    public async Task A_match_is_a_trace_of_its_steps()
    {
        await using var receiver = OtlpReceiver.Start();
        await using var gateway = await EmbeddedGateway.StartAsync(receiver.Environment("gateway-1"));
        await gateway.MeetAsync("text");
        await ArrivedAsync(() => receiver.Spans.Count >= 4, () => $"{receiver.Spans.Count} spans");
        var match = Assert.Single(receiver.Spans, span => span.Name == "camdiv.match");
        Assert.Equal(("", "text", "1", "1"), (match.Parent, match.Tags["camdiv.chat"], match.Tags["camdiv.pairs"], match.Tags["camdiv.matched"]));
        Assert.Equal(
            ["camdiv.match.conclude", "camdiv.match.recheck", "camdiv.match.reserve"],
            receiver.Spans.Where(span => span.Parent == match.Id && span.Trace == match.Trace).Select(span => span.Name).Order());
    }

    [Fact]
    public async Task What_is_sent_names_no_user_room_or_session()
    {
        await using var receiver = OtlpReceiver.Start();
        await using var gateway = await EmbeddedGateway.StartAsync(
            receiver.Environment("gateway-1"), "--Logging:LogLevel:Default=Debug");
        await using var one = await Wire.WireClient.JoinAsync(gateway.Address);
        await using var two = await Wire.WireClient.JoinAsync(gateway.Address);
        await one.StartAsync();
        await one.ExpectAsync("searching");
        await two.StartAsync();
        await two.ExpectAsync("matched");
        await ArrivedAsync(
            () => receiver.Sum("camdiv.pairing.matches") == 1 && receiver.Spans.Count >= 4 && receiver.Logs.Count > 0,
            () => $"{receiver.Spans.Count} spans, {receiver.Logs.Count} log lines");
        var said = string.Join('\n', receiver.Logs.Select(log => log.Body)
            .Concat(receiver.Spans.SelectMany(span => span.Tags.Values.Append(span.Name)))
            .Concat(receiver.Metrics.SelectMany(metric => metric.Points).SelectMany(point => point.Tags.Values)));
        Assert.All([one.User, two.User, two.Room, one.Session], secret => Assert.DoesNotContain(secret, said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stop_sends_the_last_figures()
    {
        await using var receiver = OtlpReceiver.Start();
        var rare = new Dictionary<string, string>(receiver.Environment("gateway-1")) { ["OTEL_METRIC_EXPORT_INTERVAL"] = "600000" };
        await using var gateway = await EmbeddedGateway.StartAsync(rare);
        await gateway.MeetAsync();
        gateway.Process.Terminate();
        await gateway.Process.EndedAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, receiver.Sum("camdiv.pairing.matches"));
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "")]
    public async Task Nothing_is_sent_unless_asked_for(string variable, string value)
    {
        await using var receiver = OtlpReceiver.Start();
        var environment = new Dictionary<string, string>(receiver.Environment("gateway-1")) { [variable] = value };
        await using var gateway = await EmbeddedGateway.StartAsync(environment);
        await gateway.MeetAsync();
        gateway.Process.Terminate();
        await gateway.Process.EndedAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(receiver.Metrics);
        Assert.Empty(receiver.Spans);
    }

    [Fact]
    public async Task A_signal_can_be_left_out()
    {
        await using var receiver = OtlpReceiver.Start();
        var environment = new Dictionary<string, string>(receiver.Environment("gateway-1"))
        {
            ["OTEL_TRACES_EXPORTER"] = "none",
            ["OTEL_LOGS_EXPORTER"] = "none",
        };
        await using var gateway = await EmbeddedGateway.StartAsync(environment);
        await gateway.MeetAsync();
        gateway.Process.Terminate();
        await gateway.Process.EndedAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, receiver.Sum("camdiv.pairing.matches"));
        Assert.Empty(receiver.Spans);
        Assert.Empty(receiver.Logs);
    }

    private static async Task ArrivedAsync(Func<bool> condition, Func<string> state)
    {
        try
        {
            await Until.TrueAsync(condition, "what was to arrive at the receiver", TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} {state()}");
        }
    }
}
