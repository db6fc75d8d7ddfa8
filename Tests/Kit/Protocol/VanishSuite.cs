using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary>A peer that vanishes at every step from the search to the settled room; the other is never the loser.</summary>
public abstract class VanishSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    private static SystemSettings Quick => Defaults.With(Keys.Ack, 1_000).With(Keys.Grace, 2_000).With(Keys.AwayNotice, 200);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_survivor_is_met_by_the_next_stranger(int step)
    {
        await using var stage = await StageAsync(Quick);
        for (var i = 0; i < 8; i++)
        {
            var survivor = await stage.JoinAsync($"survivor {i}");
            var vanishing = await VanishAsync(stage, survivor, step, i);
            var rescue = await stage.JoinAsync($"rescue {i}");
            if (step < 4)
            {
                await rescue.StartAsync();
                await Stage.MeetAtLastAsync(rescue, survivor, TimeSpan.FromSeconds(15));
            }
            else
            {
                await survivor.NextAsync(m => m.Type == "peer-left" && m.Reason == "gone", "peer-left gone");
            }
            await survivor.StopAsync();
            await rescue.StopAsync();
            await vanishing.DropAsync();
        }
    }

    [Fact]
    public async Task A_crowd_that_drops_and_skips_at_random_breaks_no_rule()
    {
        await using var stage = await StageAsync(Quick.With(Keys.Cooldown, 200).With(Keys.PerAddress, 1_000));
        var random = new Random(20_260_101);
        var seeds = Enumerable.Range(0, 24).Select(_ => random.Next()).ToArray();
        var resident = await stage.SearcherAsync("resident");
        using var over = new CancellationTokenSource();
        var residing = ResideAsync(resident, over.Token);
        await Task.WhenAll(seeds.Select((seed, i) => WanderAsync(stage, $"wanderer {i}", new Random(seed))));
        await over.CancelAsync();
        await resident.StopAsync();
        await residing;
    }

    // Always there, so that the last wanderer finds somebody.
    private static async Task ResideAsync(WireClient resident, CancellationToken over)
    {
        while (true)
        {
            var left = resident.NextAsync(m => m.Type == "peer-left", "peer-left", TimeSpan.FromMinutes(2));
            await Task.WhenAny(left, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over));
            if (over.IsCancellationRequested)
            {
                _ = left.ContinueWith(late => late.Exception, TaskScheduler.Default);
                return;
            }
            await left;
            await resident.StartAsync();
        }
    }

    private static async Task<WireClient> VanishAsync(Stage stage, WireClient survivor, int step, int round)
    {
        var vanishing = await stage.JoinAsync($"vanishing {round}", new() { AutoAck = false });
        switch (step)
        {
            case 0:
                // Gone while it searches alone.
                await vanishing.StartAsync();
                await vanishing.ExpectAsync("searching");
                await Task.WhenAll(vanishing.DropAsync(), survivor.StartAsync());
                break;
            case 1:
                // Gone as it starts, with the survivor waiting: before, during or after the handshake.
                await survivor.StartAsync();
                await survivor.ExpectAsync("searching");
                await vanishing.StartAsync();
                await vanishing.DropAsync();
                break;
            case 2:
                // Gone as soon as it is told.
                await MeetAsync(vanishing, survivor);
                await vanishing.DropAsync();
                break;
            case 3:
                // Alive, told, and silent.
                await MeetAsync(vanishing, survivor);
                break;
            default:
                await MeetAsync(vanishing, survivor);
                await Stage.SettleAsync(vanishing, survivor);
                await vanishing.DropAsync();
                break;
        }
        return vanishing;
    }

    private static async Task MeetAsync(WireClient a, WireClient b)
    {
        await a.StartAsync();
        await a.ExpectAsync("searching");
        await b.StartAsync();
        await Stage.MetAsync(a, b);
    }

    private static async Task WanderAsync(Stage stage, string name, Random random)
    {
        var client = await stage.JoinAsync(name);
        await client.StartAsync();
        for (var i = 0; i < 12; i++)
        {
            var told = await client.NextAsync(
                m => m.Type is "matched" || (m.Type == "welcome" && m.State == "in-room"), "a match", TimeSpan.FromSeconds(20));
            switch (random.Next(5))
            {
                case 0:
                    await client.DropAsync();
                    client = await stage.ReturnAsync(client);
                    if (client.All[0].State == "idle")
                    {
                        await client.StartAsync();
                    }
                    else if (client.All[0].State == "in-room")
                    {
                        await client.StartAsync();
                    }
                    break;
                case 1:
                    await client.StopAsync();
                    await client.StartAsync();
                    break;
                default:
                    await client.RelayAsync($"hello {i}", told.Room ?? client.Room);
                    await client.StartAsync();
                    break;
            }
        }
        await client.StopAsync();
    }
}
