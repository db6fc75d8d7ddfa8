using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Gateway.Faults;

/// <summary>The process dies without warning and is started again on the same data.</summary>
public sealed class KillTests
{
    private const int Waiting = 200;
    private const int Rooms = 50;

    [Fact]
    public async Task After_kill_9_all_are_back_in_place_within_the_grace()
    {
        // Nobody's interests are shared and patience outlasts the test, so that all 200 wait.
        var system = await GatewayProcess.StartAsync(SystemSettings.Default
            .With(Keys.PerAddress, 1_000)
            .With(Keys.Patience, 60_000));
        await using var stage = new Stage(system);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => PairByInterestAsync(stage, i)));
        var waiting = await Task.WhenAll(Enumerable.Range(0, Waiting).Select(i => WaitAsync(stage, i)));
        await BackupHoldsAsync(stage, system);

        await system.Process.KillAsync();
        await Task.WhenAll(waiting.Concat(rooms.SelectMany(r => new[] { r.A, r.B })).Select(c => c.ClosedAsync()));
        await system.RestartAsync();
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var backWaiting = await Task.WhenAll(waiting.Select(client => stage.ReturnAsync(client)));
        var backRooms = await Task.WhenAll(rooms.Select(async r => (A: await stage.ReturnAsync(r.A), B: await stage.ReturnAsync(r.B))));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"all were back only after {clock.Elapsed}");

        Assert.All(backWaiting, client => Assert.Equal("searching", client.All[0].State));
        Assert.All(backRooms, room => Assert.Equal(("in-room", "in-room"), (room.A.All[0].State, room.B.All[0].State)));
        for (var i = 0; i < Rooms; i++)
        {
            Assert.Equal(rooms[i].A.Room, backRooms[i].A.Room);
            Assert.Equal(rooms[i].A.Room, backRooms[i].B.Room);
            await backRooms[i].A.RelayAsync("after the kill");
            await backRooms[i].B.NextAsync(m => m.Payload == "after the kill", "the relay frame after the kill");
        }
        var friend = await stage.JoinAsync("friend");
        await friend.StartAsync(interests: ["topic 17"]);
        await Stage.MetByAsync(friend, backWaiting[17]);
    }

    [Fact]
    public async Task Blocks_survive_a_restart()
    {
        var system = await GatewayProcess.StartAsync(SystemSettings.Default.With(Keys.Cooldown, 0));
        await using var stage = new Stage(system);
        var (a, b) = await stage.SettledPairAsync();
        await Stage.BlockAsync(a, b);
        await BackupHoldsAsync(stage, system);
        await system.Process.KillAsync();
        await system.RestartAsync();
        var (backA, backB) = (await stage.ReturnAsync(a), await stage.ReturnAsync(b));
        await backA.StartAsync();
        await backA.ExpectAsync("searching");
        await backB.StartAsync();
        await backB.ExpectAsync("searching");
        var third = await stage.JoinAsync("third");
        await third.StartAsync();
        await Stage.MetAsync(third, backA);
    }

    [Fact]
    public async Task SIGTERM_drains_and_ends_within_five_seconds()
    {
        var system = await GatewayProcess.StartAsync(SystemSettings.Default);
        await using var stage = new Stage(system);
        var (a, b) = await stage.SettledPairAsync();
        var waiting = await stage.SearcherAsync("waiting", "text");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        system.Process.Terminate();
        var retries = new List<double>();
        foreach (var client in new[] { a, b, waiting })
        {
            var draining = await client.ExpectAsync("draining");
            retries.Add(draining.Number("retryMs")!.Value);
            await client.ClosedAsync(1012);
        }
        await system.Process.EndedAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(6), $"the process took {clock.Elapsed} to end");
        Assert.Equal(0, system.Process.ExitCode);
        Assert.All(retries, retry => Assert.InRange(retry, 0, 60_000));

        await system.RestartAsync();
        var (backA, backB) = (await stage.ReturnAsync(a), await stage.ReturnAsync(b));
        Assert.Equal(("in-room", "in-room"), (backA.All[0].State, backB.All[0].State));
        Assert.Equal("searching", (await stage.ReturnAsync(waiting)).All[0].State);
    }

    private static async Task<(WireClient A, WireClient B)> PairByInterestAsync(Stage stage, int i)
    {
        var a = await stage.JoinAsync($"a{i}");
        var b = await stage.JoinAsync($"b{i}");
        await a.StartAsync(interests: [$"room {i}"]);
        await a.ExpectAsync("searching");
        await b.StartAsync(interests: [$"room {i}"]);
        await Stage.MetAsync(a, b);
        await Stage.SettleAsync(a, b);
        return (a, b);
    }

    private static async Task<WireClient> WaitAsync(Stage stage, int i)
    {
        var client = await stage.JoinAsync($"w{i}");
        await client.StartAsync(interests: [$"topic {i}"]);
        await client.ExpectAsync("searching");
        return client;
    }

    // The backup is written behind the events. Once a later event's trace is on disk, so is all before it.
    private static async Task BackupHoldsAsync(Stage stage, GatewayProcess system)
    {
        var marker = await stage.JoinAsync("marker");
        await marker.StartAsync("audio", interests: ["marker"]);
        await marker.ExpectAsync("searching");
        await Until.TrueAsync(
            () => Directory.EnumerateFiles(system.DataFolder, "*", SearchOption.AllDirectories)
                .Any(file => ReadShared(file).Contains(marker.User, StringComparison.Ordinal)),
            "the backup holds the newest ticket");
        await marker.StopAsync();
    }

    private static string ReadShared(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }
}
