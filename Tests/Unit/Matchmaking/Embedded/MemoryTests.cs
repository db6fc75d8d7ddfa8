using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Unit.Simulation;

namespace Camdiv.Tests.Unit.Matchmaking.Embedded;

/// <summary>People who came and went leave nothing behind. Nothing else may run beside it: all of the process is weighed.</summary>
[Collection(Alone)]
public sealed class MemoryTests
{
    /// <summary>The collection of tests that run with nothing beside them.</summary>
    public const string Alone = "alone";

    private const int Rounds = 5;
    private const int Crowd = 5_000;
    private const int MostBytesAPerson = 20;

    [Fact]
    public async Task Nobody_who_is_gone_is_remembered()
    {
        var time = new ManualTimeProvider();
        using var engine = new EmbeddedMatchmaker(new MatchmakingOptions(), time, new NoReports());
        await PassThroughAsync(engine, time, 0);
        var weights = new List<long> { GC.GetTotalMemory(forceFullCollection: true) };
        for (var round = 1; round <= Rounds; round++)
        {
            await PassThroughAsync(engine, time, round);
            weights.Add(GC.GetTotalMemory(forceFullCollection: true));
        }
        // The middle one: the test's own surroundings grow and shrink now and then, a leak grows every time.
        var grown = weights.Zip(weights.Skip(1), (before, after) => (after - before) / (double)Crowd).Order().ElementAt(Rounds / 2);
        Assert.Equal(0, engine.Host.SessionCount);
        Assert.True(grown < MostBytesAPerson, $"{grown:f1} bytes stay of everybody who came and went");
    }

    // As many as in a minute of a busy evening: each meets, talks, drops, comes back, meets others, and leaves for good.
    private static async Task PassThroughAsync(EmbeddedMatchmaker engine, ManualTimeProvider time, int round)
    {
        var dice = new Random(round);
        for (var i = 0; i < Crowd; i++)
        {
            var user = new UserId($"round{round}-{i}");
            var link = new Link();
            var connection = await engine.ConnectAsync(new Arrival(user, false, null), link, default);
            connection.Start(SearchRequest.ForAnyone((ChatType)dice.Next(3)));
            link.Acknowledge(connection);
            time.Advance(TimeSpan.FromMilliseconds(dice.Next(20)));
            if (dice.Next(3) == 0)
            {
                connection.Detach();
                link = new Link();
                connection = await engine.ConnectAsync(new Arrival(user, true, null), link, default);
                connection.Start(SearchRequest.ForAnyone(ChatType.Text));
                link.Acknowledge(connection);
            }
            if (dice.Next(5) == 0)
            {
                connection.Stop();
            }
            connection.Detach();
        }
        time.Advance(TimeSpan.FromMinutes(2));
    }

    private sealed class Link : IClientLink
    {
        private RoomId? _room;

        public bool IsAlive => true;

        public void Acknowledge(IUserConnection connection)
        {
            if (_room is { } room)
            {
                connection.Acknowledge(room);
            }
        }

        public bool Deliver(ServerEvent message)
        {
            _room = message is Matched matched ? matched.Room : _room;
            return true;
        }

        public bool DeliverFrame(ReadOnlySpan<byte> frame) => true;

        public void Close(LinkCloseReason reason)
        {
        }
    }
}

/// <summary>Declares <see cref="MemoryTests.Alone"/>.</summary>
[CollectionDefinition(MemoryTests.Alone, DisableParallelization = true)]
public sealed class AloneCollection;
