using System.Text;
using System.Text.Json.Nodes;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary>Section 1 of the protocol: handshake, frames, sizes, pings.</summary>
public abstract class TransportSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    [Fact]
    public async Task The_subprotocol_is_chosen_among_those_offered()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a", new() { Subprotocols = ["chat.v9", "camdiv.v1"] });
        Assert.Equal("camdiv.v1", client.Subprotocol);
    }

    [Theory]
    [InlineData("chat.v9")]
    [InlineData("camdiv.v2")]
    [InlineData("CAMDIV.V1")]
    [InlineData(null)]
    public async Task A_handshake_without_the_subprotocol_is_refused(string? offered)
    {
        await using var stage = await StageAsync();
        Assert.Equal(400, await RefusedAsync(stage, new() { Subprotocols = offered is null ? [] : [offered] }));
    }

    [Fact]
    public async Task A_plain_request_is_no_handshake()
    {
        await using var stage = await StageAsync();
        using var response = await stage.GetAsync("/ws");
        Assert.InRange((int)response.StatusCode, 400, 426);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://127.0.0.1.evil.example")]
    public async Task A_foreign_origin_is_refused(string origin)
    {
        await using var stage = await StageAsync();
        Assert.Equal(403, await RefusedAsync(stage, new() { Origin = origin }));
    }

    [Fact]
    public async Task The_same_origin_a_configured_one_and_none_are_accepted()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Origin, "https://friend.example"));
        var own = stage.Gateway.GetLeftPart(UriPartial.Authority);
        foreach (var origin in new[] { own, "https://friend.example", null })
        {
            await stage.JoinAsync($"from {origin}", new() { Origin = origin }, stage.Gateway);
        }
        Assert.Equal(403, await RefusedAsync(stage, new() { Origin = "https://foe.example" }));
    }

    [Theory]
    [InlineData("", "bad-message")]
    [InlineData("hello", "bad-message")]
    [InlineData(" {\"type\":\"stop\"}", "bad-message")]
    [InlineData("[1]", "bad-message")]
    [InlineData("{", "bad-message")]
    [InlineData("{\"type\":\"stop\"", "bad-message")]
    [InlineData("{\"type\":\"stop\"} x", "bad-message")]
    [InlineData("{\"type\":\"dance\"}", "unknown-type")]
    [InlineData("{\"type\":\"matched\",\"room\":\"r\"}", "unknown-type")]
    [InlineData("{\"type\":\"ack\"}", "bad-field")]
    [InlineData("{\"type\":\"ack\",\"room\":7}", "bad-field")]
    [InlineData("{\"type\":\"ack\",\"room\":null}", "bad-field")]
    [InlineData("{\"type\":\"start\"}", "bad-field")]
    [InlineData("{\"type\":\"start\",\"chat\":\"smell\"}", "bad-field")]
    [InlineData("{\"type\":\"start\",\"chat\":[\"video\"]}", "bad-field")]
    [InlineData("{\"type\":\"start\",\"chat\":\"text\",\"interests\":\"chess\"}", "bad-field")]
    [InlineData("{\"type\":\"start\",\"chat\":\"text\",\"interests\":[1]}", "bad-field")]
    [InlineData("{\"type\":\"start\",\"chat\":\"text\",\"languages\":{\"a\":1}}", "bad-field")]
    [InlineData("{\"type\":\"report\",\"room\":\"r\"}", "bad-field")]
    [InlineData("{\"type\":\"report\",\"room\":\"r\",\"reason\":\"\"}", "bad-field")]
    [InlineData("{\"type\":\"block\"}", "bad-field")]
    [InlineData("{\"type\":\"connected\",\"room\":\"r\"}", "bad-field")]
    [InlineData("{\"type\":\"connected\",\"room\":\"r\",\"candidate\":\"x\",\"protocol\":\"udp\",\"ms\":1}", "bad-field")]
    [InlineData("{\"type\":\"connected\",\"room\":\"r\",\"candidate\":\"host\",\"protocol\":\"pigeon\",\"ms\":1}", "bad-field")]
    [InlineData("{\"type\":\"connected\",\"room\":\"r\",\"candidate\":\"host\",\"protocol\":\"udp\",\"ms\":\"1\"}", "bad-field")]
    public async Task A_malformed_frame_gets_an_error_and_the_connection_lives(string frame, string code)
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.SendRawAsync(frame);
        await client.ExpectErrorAsync(code);
        await Stage.ExpectNothingAsync(client);
    }

    [Theory]
    [InlineData("{\"kind\":\"stop\"}")]
    [InlineData("{\"type\":5}")]
    [InlineData("{\"type\":null}")]
    [InlineData("{\"type\":{\"type\":\"stop\"}}")]
    [InlineData("{}")]
    public async Task A_message_without_a_type_gets_an_error(string frame)
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.SendRawAsync(frame);
        var error = await client.ExpectAsync("error");
        Assert.Contains(error.Code, new[] { "bad-message", "bad-field", "unknown-type" });
        await Stage.ExpectNothingAsync(client);
    }

    [Fact]
    public async Task A_binary_frame_gets_an_error()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.SendBinaryAsync("{\"type\":\"stop\"}"u8.ToArray());
        await client.ExpectErrorAsync("bad-message");
        await Stage.ExpectNothingAsync(client);
    }

    [Fact]
    public async Task Five_malformed_frames_are_forgiven_and_the_sixth_closes()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        for (var i = 0; i < 5; i++)
        {
            await client.SendRawAsync("{\"type\":\"dance\"}");
            await client.ExpectErrorAsync("unknown-type");
        }
        await Stage.ExpectNothingAsync(client);
        await client.SendBinaryAsync(new byte[] { 1 });
        await client.ClosedAsync(4400);
    }

    [Fact]
    public async Task Unknown_fields_are_ignored()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        client.Log.Started(LogCodes.Chat("text"));
        await client.SendAsync(new JsonObject
        {
            ["x"] = new JsonObject { ["type"] = "stop", ["deep"] = new JsonArray(1, "two", null) },
            ["type"] = "start",
            ["chat"] = "text",
            ["color"] = "blue",
        });
        Assert.Equal("text", (await client.ExpectAsync("searching")).Chat);
    }

    [Theory]
    [InlineData("{\"type\":\"stop\",\"type\":\"dance\"}")]
    [InlineData("{\"type\":\"dance\",\"type\":\"stop\"}")]
    [InlineData("{\"type\":\"ack\",\"room\":\"x\",\"room\":5}")]
    public async Task Duplicate_keys_do_no_harm(string frame)
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.SendRawAsync(frame);
        await client.StartAsync("text");
        var next = await client.NextAsync(m => m.Type is "searching" or "error", "searching or error");
        if (next.Type == "error")
        {
            await client.ExpectAsync("searching");
        }
    }

    [Fact]
    public async Task Escapes_in_keys_and_values_are_understood()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        client.Log.Started(LogCodes.Chat("text"));
        await client.SendRawAsync("{ \"t\\u0079pe\" : \"st\\u0061rt\" ,\n\t\"chat\":\"te\\u0078t\"}");
        await client.ExpectAsync("searching");
    }

    [Fact]
    public async Task Deep_nesting_is_refused_or_ignored()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.SendRawAsync($"{{\"type\":\"stop\",\"x\":{new string('[', 20_000)}{new string(']', 20_000)}}}");
        await client.StartAsync("text");
        await client.NextAsync(m => m.Type == "searching", "searching");
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_is_refused()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.SendRawAsync(new byte[] { (byte)'{', 0xff, 0xfe, (byte)'}' });
        // RFC 6455 (8.1) closes with 1007 in the framing; a framing that leaves it to the protocol answers bad-message.
        var error = client.NextAsync(m => m.Type == "error", "error");
        var closed = client.ClosedAsync();
        if (await Task.WhenAny(error, closed) == closed || error.IsFaulted)
        {
            Assert.Equal(1007, (await closed).Code);
            await Assert.ThrowsAsync<InvalidOperationException>(() => error);
        }
        else
        {
            Assert.Equal("bad-message", (await error).Code);
        }
    }

    [Fact]
    public async Task The_largest_frame_passes_and_a_larger_one_closes()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var payload = new string('x', (64 * 1024) - a.Room.Length - 2);
        await a.RelayAsync(payload);
        await b.ExpectFrameAsync(payload);
        await a.RelayAsync(payload + "y");
        await a.ClosedAsync(1009);
    }

    [Fact]
    public async Task A_fragmented_message_is_one_message()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.SendFragmentedAsync(Encoding.UTF8.GetBytes($">{a.Room[..4]}"), Encoding.UTF8.GetBytes(a.Room[4..] + "|sp"), "lit"u8.ToArray());
        await b.ExpectFrameAsync("split");
    }

    [Fact]
    public async Task Fragments_beyond_the_largest_frame_close()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        var part = new byte[30 * 1024];
        Array.Fill(part, (byte)'>');
        await client.SendFragmentedAsync(part, part, part);
        await client.ClosedAsync(1009);
    }

    [Fact]
    public async Task Compression_is_off()
    {
        await using var stage = await StageAsync();
        await using var raw = await RawWebSocket.OpenAsync(
            stage.Gateway, "Sec-WebSocket-Protocol: camdiv.v1", "Sec-WebSocket-Extensions: permessage-deflate");
        Assert.Contains(" 101 ", raw.StatusLine, StringComparison.Ordinal);
        Assert.DoesNotContain("sec-websocket-extensions", raw.Headers.Keys);
    }

    [Theory]
    [InlineData(0xc1)]
    [InlineData(0x83)]
    [InlineData(0x80)]
    public async Task Frames_that_break_the_framing_end_the_connection(byte first)
    {
        await using var stage = await StageAsync();
        await using var raw = await RawWebSocket.OpenAsync(stage.Gateway);
        await raw.SendTextAsync("{\"type\":\"hello\"}");
        await raw.ReadAsync(opcode: 1);
        await raw.SendAsync(RawWebSocket.Frame(first, "{\"type\":\"stop\"}"u8));
        Assert.Equal(1002, (await raw.ReadAsync(opcode: 8))?.CloseCode ?? 1002);
    }

    [Fact]
    public async Task An_unmasked_frame_ends_the_connection()
    {
        await using var stage = await StageAsync();
        await using var raw = await RawWebSocket.OpenAsync(stage.Gateway);
        await raw.SendAsync(RawWebSocket.Frame(0x81, "{\"type\":\"hello\"}"u8, masked: false));
        Assert.Equal(1002, (await raw.ReadAsync(opcode: 8))?.CloseCode ?? 1002);
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_content()
    {
        await using var stage = await StageAsync();
        await using var raw = await RawWebSocket.OpenAsync(stage.Gateway);
        await raw.SendTextAsync("{\"type\":\"hello\"}");
        await raw.SendAsync(RawWebSocket.Frame(0x89, "are you there"u8));
        var pong = await raw.ReadAsync(opcode: 10);
        Assert.Equal("are you there", Encoding.UTF8.GetString(pong!.Payload));
    }

    [Fact]
    public async Task A_socket_that_answers_pings_lives_and_one_that_does_not_is_dropped()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Ping, 500).With(Keys.Silence, 1_500));
        var lively = await stage.JoinAsync("lively");
        await using var mute = await RawWebSocket.OpenAsync(stage.Gateway);
        await mute.SendTextAsync("{\"type\":\"hello\"}");
        Assert.NotNull(await mute.ReadAsync(opcode: 9));
        Assert.Null(await mute.ReadAsync(opcode: 1000));
        await Stage.ExpectNothingAsync(lively);
    }

    [Fact]
    public async Task A_half_open_connection_is_noticed()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Ping, 500).With(Keys.Silence, 1_500));
        stage.Invariants = null;
        await using var proxy = new SilentProxy(stage.Gateway);
        var lost = await stage.JoinAsync("lost", gateway: proxy.Address);
        var left = await stage.SearcherAsync("left");
        await lost.StartAsync();
        await Stage.MetAsync(lost, left);
        await Stage.SettleAsync(lost, left);
        proxy.FallSilent();
        Assert.Equal(left.Room, (await left.ExpectAsync("peer-away")).Room);
        proxy.Cut();
    }

    private static async Task<int> RefusedAsync(Stage stage, WireClientOptions options)
    {
        var refused = await Assert.ThrowsAsync<HandshakeRefusedException>(
            () => stage.OpenAsync("refused", options, stage.Gateway));
        return refused.Status;
    }
}
