using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// Ghosts of one address that blocked each other wait for everybody who comes. Whatever they do, every honest person meets
/// an honest one within 5 s, with the product's own times.
/// </summary>
public sealed class GhostTests(ITestOutputHelper output)
{
    private const int Honest = 10;
    private const int MostMs = 5_000;
    private const int PatienceMs = 1_500;

    public enum Ghostly
    {
        /// <summary>Never acknowledges.</summary>
        Silent,

        /// <summary>Acknowledges and says nothing.</summary>
        Mute,
    }

    public static TheoryData<int, Ghostly, int, int> Cases()
    {
        var cases = new TheoryData<int, Ghostly, int, int>();
        foreach (var hosts in new[] { 0, 3 })
        {
            foreach (var ghosts in new[] { 10, 20, 40, 99 })
            {
                foreach (var spreadMs in new[] { 0, 2_000 })
                {
                    cases.Add(hosts, Ghostly.Silent, ghosts, spreadMs);
                    cases.Add(hosts, Ghostly.Mute, ghosts, spreadMs);
                }
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryHonestPersonMeetsAnHonestOne(int hosts, Ghostly kind, int ghosts, int spreadMs)
    {
        var late = Haunt(new(Seed: 1, hosts) { Users = 0, Options = new() }, kind, ghosts, spreadMs, MostMs);
        output.WriteLine($"longest wait {late.Max()} ms");
        Assert.All(late, ms => Assert.InRange(ms, 0, MostMs));
    }

    [Theory]
    [InlineData(Ghostly.Silent)]
    [InlineData(Ghostly.Mute)]
    public void WithoutTheBoundsTheyKeepPeopleFromMeeting(Ghostly kind)
    {
        var unbounded = new MatchmakingOptions { SearchesPerAddress = 10_000, UnansweredPauseMs = 0 };
        var late = Haunt(new(Seed: 1, Hosts: 0) { Users = 0, Options = unbounded }, kind, 40, 0, MostMs);
        Assert.Contains(late, ms => ms > MostMs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void TheyStayBoundedForAsLongAsTheyTry(int hosts)
    {
        var run = new SimulationRun(new(Seed: 1, hosts) { Users = 0, Options = new() });
        using (run)
        {
            var crowd = Ghosts(run, Ghostly.Silent, 40);
            var person = Person(run, 1_000, [], []);
            var met = 0;
            crowd.ForEach(ghost => run.World.After(0, () => Linger(run, ghost)));
            person.Connect();
            person.Start(person.Wish);
            // Nobody else is there: a minute of ghosts, one after the other.
            for (var i = 0; i < 600; i++)
            {
                var room = person.View.Room;
                run.World.Run(100);
                met += person.View.Room is { } now && now != room ? 1 : 0;
                if (person.View.State == ClientState.Idle)
                {
                    person.Start(person.Wish);
                }
            }
            Assert.False(run.Violations.Any, run.ToString());
            // 3 s to acknowledge and pauses of 3, 6, 12 and 24 s.
            Assert.InRange(met, 3, 5);
        }
    }

    private static int[] Haunt(SimulationPlan plan, Ghostly kind, int ghosts, int spreadMs, int mostMs)
    {
        using var run = new SimulationRun(plan);
        var crowd = Ghosts(run, kind, ghosts);
        foreach (var ghost in crowd)
        {
            run.World.After(run.World.Random.Next(500), () => Linger(run, ghost));
        }
        run.World.Run(2_000);
        var met = new Dictionary<SimUser, long>();
        var began = new Dictionary<SimUser, long>();
        var people = Enumerable.Range(0, Honest).Select(i => Person(run, 1_000 + (ulong)i, met, crowd)).ToArray();
        foreach (var person in people)
        {
            run.World.After(run.World.Random.Next(spreadMs + 1), () =>
            {
                began[person] = run.World.NowMs;
                person.Connect();
                person.Start(person.Wish);
            });
        }
        run.World.Run(spreadMs + mostMs + 1_000);
        Assert.False(run.Violations.Any, run.ToString());
        return [.. people.Select(person => (int)(met.GetValueOrDefault(person, run.World.NowMs + mostMs) - began[person]))];
    }

    private static List<SimUser> Ghosts(SimulationRun run, Ghostly kind, int count)
    {
        var crowd = Enumerable.Range(0, count).Select(_ => run.Add(new SimUser(run, run.Users.Count, run.AnyHost())
        {
            From = new AddressPrefix(1),
            Manner = (ghost, match) =>
            {
                if (kind == Ghostly.Mute)
                {
                    run.World.After(20, () => ghost.Acknowledge(match.Room));
                }
            },
        })).ToList();
        for (var i = 0; i < crowd.Count; i++)
        {
            run.Engine.Block(crowd[i], crowd.Skip(i + 1));
        }
        return crowd;
    }

    // Answers, expects an answer, and presses next when none comes.
    private static SimUser Person(SimulationRun run, ulong network, Dictionary<SimUser, long> met, List<SimUser> ghosts) =>
        run.Add(new SimUser(run, run.Users.Count, run.AnyHost())
        {
            From = new AddressPrefix(network),
            Manner = (person, match) =>
            {
                if (!ghosts.Contains(run.Find(match.Peer)))
                {
                    met.TryAdd(person, run.World.NowMs);
                }
                run.World.After(20, () =>
                {
                    if (person.View.Room == match.Room)
                    {
                        person.Acknowledge(match.Room);
                        person.SendFrames(1);
                    }
                });
                run.World.After(PatienceMs, () =>
                {
                    // Before the peer has acknowledged there is nothing to see yet: the server says when that is over.
                    if (person.View.Room == match.Room && !person.View.HasHeardPeer && run.Ledger.HasAcked(match.Room, run.Find(match.Peer)))
                    {
                        person.Start(person.Wish);
                    }
                });
            },
        });

    private static void Linger(SimulationRun run, SimUser ghost)
    {
        if (!ghost.Connected)
        {
            ghost.Connect();
        }
        if (ghost.View.State == ClientState.Idle)
        {
            ghost.Start(ghost.Wish);
        }
        run.World.After(100, () => Linger(run, ghost));
    }
}
