using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections;
using Camdiv.Gateway.Sessions;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Unit.Gateway.Connections;

public sealed class ClientConnectionTests : IDisposable
{
    private const string Hello = """{"type":"hello"}""";

    private readonly ManualTimeProvider _time = new();
    private readonly GatewayOptions _options = new();
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly GatewayInstruments _instruments;
    private readonly SessionTokens _tokens;
    private readonly EmbeddedMatchmaker _engine;
    private readonly TokenBook _book = new(100);
    private readonly FakeSocket _socket = new();

    public ClientConnectionTests()
    {
        _instruments = new GatewayInstruments(_provider.GetRequiredService<IMeterFactory>());
        _tokens = new SessionTokens([new byte[32]], TimeSpan.FromHours(24), TimeSpan.FromDays(7), _time);
        _engine = new EmbeddedMatchmaker(new MatchmakingOptions(), _time, new NoReports());
    }

    public void Dispose()
    {
        _engine.Dispose();
        _provider.Dispose();
    }

    [Fact]
    public async Task Hello_is_welcomed_with_a_fresh_session()
    {
        _ = Serve(_socket);
        _socket.Receive(Hello);
        var welcome = await JsonAsync(_socket);
        Assert.Equal("welcome", Text(welcome, "type"));
        Assert.False(welcome.GetProperty("resumed").GetBoolean());
        Assert.Equal(TokenVerdict.Valid, _tokens.Read(Text(welcome, "session"), out var token));
        Assert.Equal(token.User.Value, Text(welcome, "user"));
        Assert.Equal(65536, welcome.GetProperty("maxFrameBytes").GetInt32());
    }

    [Fact]
    public async Task A_session_resumes_and_replaces_the_older_connection_and_gets_a_later_token()
    {
        _ = Serve(_socket);
        _socket.Receive(Hello);
        var first = await JsonAsync(_socket);
        _time.Advance(TimeSpan.FromSeconds(10));
        var second = new FakeSocket();
        _ = Serve(second);
        second.Receive(Hello.Replace("}", ",\"session\":\"" + Text(first, "session") + "\"}", StringComparison.Ordinal));
        var welcome = await JsonAsync(second);
        Assert.True(welcome.GetProperty("resumed").GetBoolean());
        Assert.Equal(Text(first, "user"), Text(welcome, "user"));
        Assert.NotEqual(Text(first, "session"), Text(welcome, "session"));
        Assert.Equal("close 4409", await _socket.NextAsync());
    }

    [Fact]
    public async Task A_living_line_is_given_fresh_tokens_until_its_identity_is_too_old()
    {
        var connection = Create(_socket, _engine);
        _ = connection.RunAsync();
        _socket.Receive(Hello);
        var welcome = await JsonAsync(_socket);
        _tokens.Read(Text(welcome, "session"), out var token);
        _time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        connection.Tick();
        Assert.Single(_socket.Frames);
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var hours = 12; hours < 7 * 24; hours += 12)
        {
            connection.Tick();
            connection.Tick();
            if (hours < (7 * 24) - 12)
            {
                var session = await JsonAsync(_socket);
                Assert.Equal("session", Text(session, "type"));
                Assert.Equal(TokenVerdict.Valid, _tokens.Read(Text(session, "session"), out var next));
                Assert.Equal((token.User, token.Generation + 1, token.BornAt), (next.User, next.Generation, next.BornAt));
                token = next;
            }
            _time.Advance(TimeSpan.FromHours(12));
        }
        connection.Tick();
        Assert.Equal("close 4401", await _socket.NextAsync());
    }

    [Fact]
    public async Task Forget_ends_the_identity_and_closes()
    {
        await WelcomeAsync(_socket);
        _socket.Receive("""{"type":"forget"}""");
        Assert.Equal("close 1000", await _socket.NextAsync());
        Assert.Equal(0, _engine.Host.SessionCount);
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("")]
    public async Task An_invalid_session_gets_a_fresh_identity(string session)
    {
        _ = Serve(_socket);
        _socket.Receive($$"""{"type":"hello","session":"{{session}}"}""");
        Assert.False((await JsonAsync(_socket)).GetProperty("resumed").GetBoolean());
    }

    [Fact]
    public async Task Who_says_nothing_is_closed_in_time()
    {
        var run = Serve(_socket);
        _time.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.Null(_socket.CloseCode);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("close 4408", await _socket.NextAsync());
        _socket.ReceiveClose();
        await Done(run);
        Assert.False(_socket.IsAborted);
    }

    [Fact]
    public async Task Who_never_answers_a_close_is_cut()
    {
        var run = Serve(_socket);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("close 4408", await _socket.NextAsync());
        _time.Advance(TimeSpan.FromSeconds(2));
        await _socket.Aborted;
        await Done(run);
    }

    [Fact]
    public async Task The_hello_deadline_is_over_once_hello_came()
    {
        _ = Serve(_socket);
        _socket.Receive(Hello);
        await _socket.NextAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        _socket.Receive("""{"type":"start","chat":"text"}""");
        Assert.Equal("""{"type":"searching","chat":"text","waiting":1,"requeued":false}""", await _socket.NextAsync());
    }

    [Theory]
    [InlineData("""{"type":"stop"}""", "bad-message")]
    [InlineData(">room|x", "bad-message")]
    [InlineData("{", "bad-message")]
    [InlineData("hi", "bad-message")]
    [InlineData("", "bad-message")]
    [InlineData("""{"type":"hello","session":7}""", "bad-field")]
    [InlineData("""{"type":"hi"}""", "unknown-type")]
    public async Task Any_other_first_frame_is_an_error_and_the_end(string frame, string code)
    {
        _ = Serve(_socket);
        _socket.Receive(frame);
        var error = await JsonAsync(_socket);
        Assert.Equal(code, Text(error, "code"));
        Assert.True(error.GetProperty("fatal").GetBoolean());
        Assert.Equal("close 4400", await _socket.NextAsync());
    }

    [Fact]
    public async Task The_sixth_bad_frame_is_the_last()
    {
        await WelcomeAsync(_socket);
        _socket.Receive([1, 2, 3], WebSocketMessageType.Binary);
        _socket.Receive("");
        _socket.Receive(" {}");
        _socket.Receive(">no room");
        _socket.Receive(Hello);
        for (var i = 0; i < 5; i++)
        {
            var error = await JsonAsync(_socket);
            Assert.Equal("bad-message", Text(error, "code"));
            Assert.False(error.GetProperty("fatal").GetBoolean());
        }
        _socket.Receive("{}");
        Assert.True((await JsonAsync(_socket)).GetProperty("fatal").GetBoolean());
        Assert.Equal("close 4400", await _socket.NextAsync());
    }

    [Fact]
    public async Task Declined_requests_are_no_misuse()
    {
        await WelcomeAsync(_socket);
        for (var i = 0; i < 20; i++)
        {
            _socket.Receive(i % 2 == 0 ? """{"type":"block","room":"none"}""" : """{"type":"report","room":"?","reason":"x"}""");
            var error = await JsonAsync(_socket);
            Assert.Equal("not-in-room", Text(error, "code"));
            Assert.False(error.GetProperty("fatal").GetBoolean());
        }
        _socket.Receive(">elsewhere|late");
        _socket.Receive("""{"type":"ack","room":"elsewhere"}""");
        _socket.Receive("""{"type":"connected","room":"?","candidate":"host","protocol":"udp","ms":1}""");
        _socket.Receive("""{"type":"start","chat":"text"}""");
        Assert.Equal("searching", Text(await JsonAsync(_socket), "type"));
    }

    [Fact]
    public async Task A_frame_of_the_largest_size_passes_and_a_larger_one_ends_it()
    {
        var (_, room, _) = await PairAsync();
        var prefix = $">{room}|";
        _socket.Receive(prefix + new string('x', 65536 - prefix.Length));
        Assert.Equal(65536, (await PeerNextAsync()).Length);
        // The same in fragments, the last of them empty.
        _socket.Receive(prefix, end: false);
        _socket.Receive(new string('y', 65536 - prefix.Length), end: false);
        _socket.Receive("");
        Assert.Equal(65536, (await PeerNextAsync()).Length);
        _socket.Receive(new string('z', 65537));
        Assert.Equal("close 1009", await _socket.NextAsync());
    }

    [Fact]
    public async Task Relay_frames_reach_the_peer_byte_for_byte()
    {
        var (_, room, _) = await PairAsync();
        _socket.Receive($">{room}|{{\"text\":\"héllo|>\"}}");
        Assert.Equal($">{room}|{{\"text\":\"héllo|>\"}}", await PeerNextAsync());
    }

    [Fact]
    public async Task A_flood_is_a_fatal_error_and_the_end()
    {
        await WelcomeAsync(_socket);
        // Hello took one of the 200.
        for (var i = 0; i < 199; i++)
        {
            _socket.Receive(">r|x");
        }
        _socket.Receive("""{"type":"start","chat":"text"}""");
        var error = await JsonAsync(_socket);
        Assert.Equal("rate-limited", Text(error, "code"));
        Assert.True(error.GetProperty("fatal").GetBoolean());
        Assert.Equal("close 4429", await _socket.NextAsync());
    }

    [Fact]
    public async Task A_steady_rate_below_the_bound_goes_on()
    {
        await WelcomeAsync(_socket);
        for (var second = 0; second < 20; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            for (var i = 0; i < 49; i++)
            {
                _socket.Receive(">r|x");
            }
            _socket.Receive("""{"type":"block","room":"none"}""");
            Assert.Equal("not-in-room", Text(await JsonAsync(_socket), "code"));
        }
    }

    [Fact]
    public async Task Empty_fragments_count_as_frames()
    {
        await WelcomeAsync(_socket);
        for (var i = 0; i < 300; i++)
        {
            _socket.Receive("", end: false);
        }
        Assert.Equal("rate-limited", Text(await JsonAsync(_socket), "code"));
        Assert.Equal("close 4429", await _socket.NextAsync());
    }

    [Fact]
    public async Task More_on_the_wire_than_may_be_is_a_fatal_error_and_the_end()
    {
        await WelcomeAsync(_socket);
        _socket.Input.Frames(801);
        var error = await JsonAsync(_socket);
        Assert.Equal(("rate-limited", "Too many frames."), (Text(error, "code"), Text(error, "message")));
        Assert.Equal("close 4429", await _socket.NextAsync());
    }

    [Fact]
    public async Task Who_is_closed_for_a_fault_is_read_slowly_and_who_is_asked_to_come_back_is_not()
    {
        await WelcomeAsync(_socket);
        for (var i = 0; i < 6; i++)
        {
            _socket.Receive("{}");
        }
        Assert.True(SpinWait.SpinUntil(() => _socket.Input.IsSlow, TimeSpan.FromSeconds(10)));
        var other = new FakeSocket();
        var connection = Create(other, _engine);
        _ = connection.RunAsync();
        connection.Drain(100);
        Assert.False(other.Input.IsSlow);
    }

    [Fact]
    public async Task An_idle_socket_waits_without_a_buffer()
    {
        await WelcomeAsync(_socket);
        _socket.Receive("""{"type":"block","room":"none"}""");
        await _socket.NextAsync();
        SpinWait.SpinUntil(() => _socket.ReceiveSizes.Count == 5, TimeSpan.FromSeconds(10));
        Assert.Equal(0, _socket.ReceiveSizes.Last());
    }

    [Fact]
    public async Task A_client_that_closes_is_answered_and_let_go()
    {
        var run = await WelcomeAsync(_socket);
        _socket.ReceiveClose();
        Assert.Equal("close 1000", await _socket.NextAsync());
        await Done(run);
        Assert.False(_socket.IsAborted);
        Assert.Equal(0, (await _engine.GetStatsAsync(default)).Online);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_detached()
    {
        var run = await WelcomeAsync(_socket);
        Assert.Equal(1, (await _engine.GetStatsAsync(default)).Online);
        _socket.Break();
        await Done(run);
        Assert.Equal(0, (await _engine.GetStatsAsync(default)).Online);
    }

    [Fact]
    public async Task Who_breaks_the_framing_is_let_go_only_after_the_close_frame_could_leave()
    {
        var run = await WelcomeAsync(_socket);
        _socket.Break(WebSocketError.Faulted);
        Assert.True(SpinWait.SpinUntil(() => _engine.GetStatsAsync(default).Result.Online == 0, TimeSpan.FromSeconds(10)));
        Assert.True(!run.IsCompleted, $"{run.Status} {run.Exception}");
        // The engine may learn of it before the linger begins, so time moves on more than once, but never as far as the
        // bound of the closing handshake, at which the socket is cut.
        for (var step = 0; step < 6 && !run.IsCompleted; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            SpinWait.SpinUntil(() => run.IsCompleted, TimeSpan.FromSeconds(2));
        }
        Assert.True(run.IsCompleted, "the connection did not end after the linger");
        Assert.False(_socket.IsAborted);
    }

    [Fact]
    public async Task A_slow_client_is_closed_and_its_peer_goes_on()
    {
        _options.Limits.OutboundFrames = 16;
        var (peer, room, run) = await PairAsync();
        peer.Hold();
        for (var i = 0; i < 50; i++)
        {
            _socket.Receive($">{room}|{i}");
        }
        // The engine learns of it at once, before the client is cut.
        Assert.True(SpinWait.SpinUntil(() => _engine.GetStatsAsync(default).Result.Online == 1, TimeSpan.FromSeconds(10)));
        Assert.False(peer.IsAborted);
        // It never reads again, not even the close frame: it is cut.
        _time.Advance(TimeSpan.FromSeconds(2));
        await peer.Aborted;
        await Done(run);
        _socket.Receive("""{"type":"block","room":"none"}""");
        string next;
        do
        {
            next = await _socket.NextAsync();
        }
        while (!next.Contains("not-in-room", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Draining_tells_when_to_come_back()
    {
        var connection = Create(_socket, _engine);
        _ = connection.RunAsync();
        _socket.Receive(Hello);
        await _socket.NextAsync();
        connection.Drain(777);
        Assert.Equal("""{"type":"draining","retryMs":777}""", await _socket.NextAsync());
        Assert.Equal("close 1012", await _socket.NextAsync());
    }

    [Fact]
    public async Task A_full_engine_is_too_many_sessions()
    {
        _ = Create(_socket, new Refusing(new TooManySessionsException(1))).RunAsync();
        _socket.Receive(Hello);
        Assert.Equal("too-many-sessions", Text(await JsonAsync(_socket), "code"));
        Assert.Equal("close 4429", await _socket.NextAsync());
    }

    [Fact]
    public async Task An_engine_out_of_reach_is_unavailable()
    {
        _ = Create(_socket, new Refusing(new MatchmakerUnavailableException("down"))).RunAsync();
        _socket.Receive(Hello);
        var error = await JsonAsync(_socket);
        Assert.Equal("unavailable", Text(error, "code"));
        Assert.True(error.GetProperty("fatal").GetBoolean());
        Assert.Equal("close 1012", await _socket.NextAsync());
    }

    [Fact]
    public async Task A_failure_nobody_foresaw_closes_with_1011_and_is_logged_once()
    {
        var log = new FakeLogger<ClientConnection>();
        var services = Services(_engine, log);
        for (var i = 0; i < 3; i++)
        {
            var socket = new FakeSocket();
            var run = new ClientConnection(socket, services, new AddressPrefix(1), CancellationToken.None).RunAsync();
            socket.Receive(Hello);
            await socket.NextAsync();
            socket.Break(new FormatException("not foreseen"));
            Assert.Equal("close 1011", await socket.NextAsync());
            await Until.TrueAsync(
                () =>
                {
                    _time.Advance(TimeSpan.FromMilliseconds(250));
                    return Task.FromResult(run.IsCompleted);
                },
                "the connection ends after the close frame could leave");
            await run;
        }
        Assert.Single(log.Collector.GetSnapshot(), record => record.Level == LogLevel.Error);
        Assert.Equal(0, (await _engine.GetStatsAsync(default)).Online);
    }

    [Fact]
    public async Task A_refused_connection_hears_why_and_nothing_else()
    {
        var run = Create(_socket, _engine).RunAsync(new CloseCause(4429, "too many"));
        _socket.Receive(Hello);
        Assert.Equal("close 4429", await _socket.NextAsync());
        _socket.ReceiveClose();
        await Done(run);
        Assert.Equal(["close 4429"], new[] { $"close {_socket.CloseCode}" });
        Assert.Empty(_socket.Frames);
    }

    [Fact]
    public async Task Media_counts_once_per_room_and_side()
    {
        using var listener = new MeterListener();
        var counted = new List<string>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "camdiv.media.connected" && instrument.Meter.Scope == _provider.GetRequiredService<IMeterFactory>())
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            counted.Add(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Value}"))));
        listener.Start();
        var (_, room, _) = await PairAsync();
        foreach (var named in new[] { room, room, "other" })
        {
            _socket.Receive($$"""{"type":"connected","room":"{{named}}","candidate":"relay","protocol":"tls","ms":900}""");
        }
        _socket.Receive("""{"type":"block","room":"none"}""");
        await _socket.NextAsync();
        Assert.Equal(["relay tls"], counted);
    }

    private FakeSocket? _peer;

    private async Task<(FakeSocket Peer, string Room, Task PeerRun)> PairAsync()
    {
        _peer = new FakeSocket();
        await WelcomeAsync(_socket);
        var run = await WelcomeAsync(_peer);
        _socket.Receive("""{"type":"start","chat":"text"}""");
        await _socket.NextAsync();
        _peer.Receive("""{"type":"start","chat":"text"}""");
        var room = Text(await JsonAsync(_peer), "room");
        Assert.Equal(room, Text(await JsonAsync(_socket), "room"));
        return (_peer, room, run);
    }

    private Task<string> PeerNextAsync() => _peer!.NextAsync();

    private async Task<Task> WelcomeAsync(FakeSocket socket)
    {
        var run = Serve(socket);
        socket.Receive(Hello);
        Assert.Equal("welcome", Text(await JsonAsync(socket), "type"));
        return run;
    }

    private Task Serve(FakeSocket socket) => Create(socket, _engine).RunAsync();

    private ClientConnection Create(FakeSocket socket, IMatchmaker engine) =>
        new(socket, Services(engine, NullLogger<ClientConnection>.Instance), new AddressPrefix(1), CancellationToken.None);

    private ConnectionServices Services(IMatchmaker engine, ILogger<ClientConnection> logger) =>
        new(_options, engine, _tokens, _book, _instruments, _time, logger);

    private static Task Done(Task run) => run.WaitAsync(TimeSpan.FromSeconds(10));

    private static async Task<JsonElement> JsonAsync(FakeSocket socket) =>
        JsonDocument.Parse(await socket.NextAsync()).RootElement;

    private static string Text(JsonElement message, string field) => message.GetProperty(field).GetString()!;

    private sealed class NoReports : IReportSink
    {
        public ValueTask WriteAsync(Report report, CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class Refusing(Exception exception) : IMatchmaker
    {
        public ValueTask<IUserConnection> ConnectAsync(Arrival arrival, IClientLink link, CancellationToken cancellation) =>
            ValueTask.FromException<IUserConnection>(exception);

        public ValueTask<bool> IsActiveAsync(UserId user, CancellationToken cancellation) => default;

        public ValueTask<MatchmakerStats> GetStatsAsync(CancellationToken cancellation) => default;
    }
}
