using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Camdiv.Tests.Gateway.Protocol;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Attacks;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Gateway.Faults;

/// <summary>
/// Seeded inputs at every public entry point of a real gateway: first frames, messages, relay frames, tokens, paths, queries,
/// headers. Nothing is logged as an error (the system's end looks), nothing leaks, and whoever behaves is served.
/// <c>CAMDIV_FUZZ_INPUTS</c> says how many, <c>CAMDIV_FUZZ_SEED</c> which.
/// </summary>
public sealed class EntryPointFuzzTests
{
    private const int Workers = 4;
    private const int Batch = 40;

    // Of a hundred inputs: those that cost a connection each are few.
    private const int HelloShare = 4;
    private const int FrameShare = 56;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly int Inputs = LongRun.Number("CAMDIV_FUZZ_INPUTS", 20_000);
    private static readonly int Seed = LongRun.Number("CAMDIV_FUZZ_SEED", 1);
    private static readonly SystemSettings Settings = SystemSettings.Default
        .With("Gateway:Limits:BadFrames", 1_000)
        .With(Keys.FrameRate, 100_000)
        .With(Keys.Burst, 1_000_000)
        .With(Keys.ByteRate, 1_000_000_000)
        .With(Keys.ByteBurst, 1_000_000_000)
        .With(Keys.PerAddress, 1_000_000)
        .With(Keys.Handshakes, 1_000_000)
        .With(Keys.IceRequests, 10_000)
        .With(Keys.Grace, 1_000)
        .WithRegion(0, "eu", 10, "secret");

    [Theory]
    [InlineData("own")]
    [InlineData("framework")]
    public async Task Whatever_comes_is_answered_or_closed_and_forgotten(string framing)
    {
        await using var system = await EmbeddedSystem.StartAsync(Settings.With("Gateway:Framing", framing));
        var gateway = system.Gateways[0];
        var each = Inputs / 2 / Workers;
        await RunAsync(gateway, 0, each / 5);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await RunAsync(gateway, 1_000, each - (each / 5));
        await using var client = await WireClient.JoinAsync(gateway);
        await client.StartAsync("audio");
        await client.ExpectAsync("searching");
        await Until.TrueAsync(() => GC.GetTotalMemory(forceFullCollection: true) - before < 32 * 1024 * 1024, "memory as it was", TimeSpan.FromSeconds(30));
    }

    private static Task RunAsync(Uri gateway, int stream, int inputs) => Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
    {
        var seed = (Seed * 10_000) + stream + worker;
        try
        {
            var fuzz = new FuzzInputs(seed);
            await HellosAsync(gateway, fuzz, inputs * HelloShare / 100);
            await FramesAsync(gateway, fuzz, inputs * FrameShare / 100);
            await RequestsAsync(gateway, fuzz, inputs * (100 - HelloShare - FrameShare) / 100);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Seed {seed}: {exception.Message}", exception);
        }
    })));

    private static async Task HellosAsync(Uri gateway, FuzzInputs fuzz, int inputs)
    {
        var token = "";
        for (var i = 0; i < inputs; i++)
        {
            await using var raw = await RawWebSocket.OpenAsync(gateway);
            await raw.SendAsync(RawWebSocket.Frame(0x81, fuzz.Hello(token)));
            // A welcome, an error with a close, or a close for what is no UTF-8: never an end without a word.
            var answer = await raw.ReadAsync();
            Assert.True(answer is { Opcode: 1 or 8 }, $"hello {i} was answered by {answer?.Opcode.ToString() ?? "nothing"}");
            if (answer is { Opcode: 1 })
            {
                token = Session(answer.Payload) ?? token;
            }
        }
    }

    // What comes back is skimmed while frames go out: who does not read is closed for that.
    private static async Task FramesAsync(Uri gateway, FuzzInputs fuzz, int inputs)
    {
        var (token, room) = ("", "none");
        for (var sent = 0; sent < inputs;)
        {
            await using var raw = await RawWebSocket.OpenAsync(gateway);
            await raw.SendTextAsync($$"""{"type":"hello","session":"{{token}}"}""");
            token = Session((await raw.ReadAsync(opcode: 1))!.Payload) ?? token;
            for (var open = true; open && sent < inputs;)
            {
                var count = Math.Min(Batch, inputs - sent);
                var mark = Encoding.ASCII.GetBytes($"{sent}");
                try
                {
                    await raw.SendAsync(Enumerable.Range(0, count).SelectMany(_ => RawWebSocket.Frame(0x81, fuzz.Frame(token, room))).ToArray());
                    await raw.SendAsync(RawWebSocket.Frame(0x89, mark));
                }
                catch (IOException)
                {
                    // Closed for one of the frames.
                }
                sent += count;
                RawFrame? frame;
                do
                {
                    frame = await raw.ReadAsync();
                    room = frame is { Opcode: 1 } ? Room(frame.Payload) ?? room : room;
                }
                while (frame is { Opcode: 1 } || (frame is { Opcode: 10 } && !frame.Payload.AsSpan().SequenceEqual(mark)));
                open = frame is { Opcode: 10 };
            }
        }
    }

    private static async Task RequestsAsync(Uri gateway, FuzzInputs fuzz, int inputs)
    {
        await using var client = await WireClient.JoinAsync(gateway);
        var buffer = new byte[64 * 1024];
        for (var sent = 0; sent < inputs;)
        {
            using var limit = new CancellationTokenSource(Patience);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, gateway.Port, limit.Token);
            // One by one: what a request is worth is known only if the connection lasts until its answer.
            for (var open = true; open && sent < inputs; sent++)
            {
                var request = fuzz.Request(gateway.Authority, client.Session);
                limit.CancelAfter(Patience);
                try
                {
                    await socket.SendAsync(request, limit.Token);
                }
                catch (SocketException)
                {
                    // The last answer was followed by the connection's end.
                    break;
                }
                var answer = new StringBuilder();
                do
                {
                    int count;
                    try
                    {
                        count = await socket.ReceiveAsync(buffer, limit.Token);
                    }
                    catch (Exception e) when (e is SocketException or OperationCanceledException)
                    {
                        Assert.False(e is OperationCanceledException, $"no answer in time to {Encoding.UTF8.GetString(request)}");
                        count = 0;
                    }
                    open = count > 0;
                    answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
                }
                while (open && !IsWhole(answer.ToString(), request));
                Assert.False(answer.ToString().StartsWith("HTTP/1.1 5", StringComparison.Ordinal), $"{answer} to {Encoding.UTF8.GetString(request)}");
                open &= !answer.ToString().StartsWith("HTTP/1.1 101", StringComparison.Ordinal);
            }
        }
    }

    private static bool IsWhole(string answer, byte[] request)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }
        var head = answer[..end];
        if (request.AsSpan().StartsWith("HEAD"u8) || head.StartsWith("HTTP/1.1 304", StringComparison.Ordinal)
            || head.StartsWith("HTTP/1.1 204", StringComparison.Ordinal) || head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            return true;
        }
        const string length = "Content-Length: ";
        var at = head.IndexOf(length, StringComparison.Ordinal);
        return at < 0
            ? answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
            : answer.Length - end - 4 >= int.Parse(head[(at + length.Length)..].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string? Session(byte[] frame) => Field(frame, "session");

    private static string? Room(byte[] frame) => frame.AsSpan().StartsWith("{"u8) ? Field(frame, "room") : null;

    private static string? Field(byte[] frame, string name) =>
        JsonDocument.Parse(frame).RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
}
