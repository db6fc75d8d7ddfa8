using System.Runtime.CompilerServices;
using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Matchmaking.Embedded;

/// <summary>Real threads press everything at once; what each client was told must fit together all the same.</summary>
public sealed class StressTests
{
    private const int Threads = 4;
    private const int Users = 48;
    private const int Rooms = 4_000;
    private const int MostCalls = 200_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ThreadsCannotBreakTheRules(bool dropping)
    {
        var time = new ManualTimeProvider();
        var options = new MatchmakingOptions { CooldownMs = 0, PatienceMs = 100, AckMs = 60_000 };
        var failures = new List<Exception>();
        using var engine = new EmbeddedMatchmaker(options, time, new NoReports()) { EffectFailed = failures.Add };
        var told = new StrongBox<int>();
        var users = Enumerable.Range(0, Users).Select(i => new StressUser(engine, i, told)).ToArray();
        Array.ForEach(users, user => user.Connect());

        using var done = new CancellationTokenSource();
        var clock = Task.Factory.StartNew(
            () =>
            {
                var marker = new Marker(engine, Threads);
                while (!done.IsCancellationRequested)
                {
                    marker.Pass();
                    time.Advance(TimeSpan.FromMilliseconds(10));
                }
            },
            TaskCreationOptions.LongRunning);
        var pressing = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () => Press(users, new Random(thread), dropping, told, new Marker(engine, thread)),
            TaskCreationOptions.LongRunning)));
        try
        {
            await InTimeAsync(pressing, "calls never came back: something holds a lock for good");
        }
        finally
        {
            await done.CancelAsync();
        }
        await InTimeAsync(clock, "the timers never came to rest");
        Assert.Empty(failures);

        RoomsFitTogether(users, dropping);
        await NobodyIsLeftOut(engine, users, time);
        Assert.Empty(failures);
        Array.ForEach(users, user => Assert.Empty(user.Wrong));
        Assert.True(users.Sum(user => user.Rooms.Count) >= Rooms, "hardly anybody met");
    }

    private static async Task InTimeAsync(Task task, string otherwise)
    {
        await Task.WhenAny(task, Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System));
        Assert.True(task.IsCompleted, otherwise);
        await task;
    }

    private static void Press(StressUser[] users, Random random, bool dropping, StrongBox<int> told, Marker marker)
    {
        for (var i = 0; i < MostCalls && Volatile.Read(ref told.Value) < 2 * Rooms; i++)
        {
            if (i % 16 == 0)
            {
                marker.Pass();
            }
            var user = users[random.Next(users.Length)];
            switch (random.Next(dropping ? 12 : 10))
            {
                case < 5:
                    user.Start();
                    break;
                case 5:
                    user.Stop();
                    break;
                case < 8:
                    user.SendFrame();
                    break;
                case < 10:
                    user.Acknowledge();
                    break;
                case 10:
                    user.Drop();
                    break;
                default:
                    user.Connect();
                    break;
            }
        }
    }

    /// <summary>Told of a room exactly when the peer is, but for a side whose socket was dropped meanwhile.</summary>
    private static void RoomsFitTogether(StressUser[] users, bool dropping)
    {
        var byRoom = users.SelectMany(user => user.Rooms.Values).ToLookup(match => match.Room);
        foreach (var room in byRoom)
        {
            var sides = room.ToArray();
            if (sides.Length == 1)
            {
                Assert.True(dropping, $"only one was ever told of {room.Key}");
                continue;
            }
            Assert.Equal(2, sides.Length);
            Assert.Equal((sides[1].Self, sides[1].Peer), (sides[0].Peer, sides[0].Self));
            Assert.NotEqual(sides[0].Initiator, sides[1].Initiator);
        }
    }

    /// <summary>Everybody starts; with nobody excluded all must be in rooms, two and two, and nowhere else.</summary>
    private static async Task NobodyIsLeftOut(EmbeddedMatchmaker engine, StressUser[] users, ManualTimeProvider time)
    {
        foreach (var user in users)
        {
            user.Connect();
            user.Stop();
        }
        foreach (var user in users)
        {
            user.Start();
        }
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new MatchmakerStats(Users + Threads + 1, 0, 0, 0, Users / 2), await engine.GetStatsAsync(default));
        foreach (var user in users)
        {
            var room = user.Present ?? throw new InvalidOperationException($"{user.Id} is in no room.");
            Assert.True(user.Connection.IsInRoom(room));
            Assert.Single(users, other => other != user && other.Present == room);
        }
    }

    private sealed class NoReports : IReportSink
    {
        public ValueTask WriteAsync(Report report, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
