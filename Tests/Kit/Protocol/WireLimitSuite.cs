using System.Net;
using System.Text;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary>Bounds on what is below the messages: frames of any kind and bytes; and on handshakes.</summary>
public abstract class WireLimitSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    private const string Hello = "{\"type\":\"hello\"}";

    [Theory]
    [InlineData(0x89, 1_000)]
    [InlineData(0x8a, 1_000)]
    public async Task Control_frames_are_counted(byte kind, int count)
    {
        await using var stage = await StageAsync();
        await using var raw = await RawWebSocket.OpenAsync(stage.Gateway);
        await raw.SendTextAsync(Hello);
        await raw.SendAsync(Enumerable.Repeat(RawWebSocket.Frame(kind, []), count).SelectMany(frame => frame).ToArray());
        await ToldAsync(raw);
    }

    [Fact]
    public async Task Fragments_are_counted()
    {
        await using var stage = await StageAsync();
        await using var raw = await RawWebSocket.OpenAsync(stage.Gateway);
        await raw.SendTextAsync(Hello);
        var fragments = Enumerable.Range(0, 5_000).SelectMany(i => RawWebSocket.Frame((byte)(i == 0 ? 0x01 : 0x00), ">"u8));
        await raw.SendAsync(fragments.ToArray());
        await ToldAsync(raw);
    }

    [Fact]
    public async Task Bytes_are_counted()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var payload = new string('x', 60_000);
        int Came() => b.All.Count(m => m.Payload?.Length == payload.Length);
        // 16 frames are less than 1 MiB, and 18 are more. All that is within the budget comes.
        for (var i = 0; i < 16; i++)
        {
            await a.RelayAsync(payload);
        }
        await Until.TrueAsync(() => Came() == 16, "the 16 frames within the budget");
        Assert.True(a.IsOpen);
        var sent = Task.Run(async () =>
        {
            try
            {
                for (var i = 0; i < 80; i++)
                {
                    await a.RelayAsync(payload);
                }
            }
            catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or OperationCanceledException)
            {
                // The server has had enough.
            }
        });
        var error = await a.NextAsync(m => m.Type == "error", "error rate-limited");
        Assert.Equal(("rate-limited", true), (error.Code, error.Is("fatal")));
        await a.ClosedAsync(4429);
        await sent;
        // What a second refills is one frame more.
        Assert.InRange(Came(), 16, 20);
        await b.StopAsync();
    }

    [Fact]
    public async Task A_call_in_fragments_with_pings_between_is_within_all_bounds()
    {
        await using var stage = await StageAsync();
        await using var raw = await RawWebSocket.OpenAsync(stage.Gateway);
        await raw.SendTextAsync(Hello);
        Assert.Equal(1, (await raw.ReadAsync(opcode: 1))?.Opcode);
        // As much at once as data frames may come, each in three fragments and with a ping; hello was the first of them.
        for (var i = 1; i < 190; i++)
        {
            await raw.SendAsync((byte[])
            [
                .. RawWebSocket.Frame(0x01, ">nobodys"u8),
                .. RawWebSocket.Frame(0x89, "?"u8),
                .. RawWebSocket.Frame(0x00, "-room|"u8),
                .. RawWebSocket.Frame(0x80, Encoding.ASCII.GetBytes(new string('x', 4_000))),
            ]);
        }
        await raw.SendTextAsync("{\"type\":\"block\",\"room\":\"nobodys-room\"}");
        Assert.Contains("not-in-room", Encoding.UTF8.GetString((await raw.ReadAsync(opcode: 1))!.Payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_close_for_its_fault_a_client_that_goes_on_is_cut()
    {
        await using var stage = await StageAsync();
        await using var raw = await RawWebSocket.OpenAsync(stage.Gateway);
        await raw.SendTextAsync("no hello");
        Assert.Equal(4400, (await raw.ReadAsync(opcode: 8))?.CloseCode);
        var portion = Enumerable.Repeat(RawWebSocket.Frame(0x81, "{}"u8), 4_000).SelectMany(frame => frame).ToArray();
        var sent = 0L;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            while (true)
            {
                await raw.SendAsync(portion).WaitAsync(limit.Token);
                sent += portion.Length;
            }
        }
        catch (IOException)
        {
            // Cut. The systems' own buffers took some of it, the server read a little.
            Assert.InRange(sent, 0, 32 * 1024 * 1024);
        }
    }

    [Fact]
    public async Task Handshakes_of_an_address_are_counted_and_others_are_not_refused()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.PerAddress, 4).With(Keys.Handshakes, 1).With(Keys.HandshakeBurst, 10));
        var crowd = new WireClientOptions { From = IPAddress.Parse("127.0.0.79") };
        var refused = 0;
        for (var i = 0; i < 30; i++)
        {
            try
            {
                var client = await stage.OpenAsync($"{i}", crowd, stage.Gateway);
                await client.CloseAsync();
            }
            catch (HandshakeRefusedException refusal)
            {
                Assert.Equal(429, refusal.Status);
                refused++;
            }
        }
        Assert.InRange(refused, 10, 20);
        await stage.JoinAsync("elsewhere", new() { From = IPAddress.Parse("127.0.0.80") }, stage.Gateway);
    }

    private static async Task ToldAsync(RawWebSocket raw)
    {
        RawFrame? error;
        do
        {
            error = await raw.ReadAsync(opcode: 1);
        }
        while (error is not null && !Encoding.UTF8.GetString(error.Payload).Contains("rate-limited", StringComparison.Ordinal));
        Assert.NotNull(error);
        Assert.Equal(4429, (await raw.ReadAsync(opcode: 8))?.CloseCode);
    }
}
