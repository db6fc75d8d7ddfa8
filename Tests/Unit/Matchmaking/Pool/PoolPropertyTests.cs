using System.Collections.Immutable;
using Camdiv.Matchmaking;
using FsCheck;
using FsCheck.Fluent;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>
/// Any sequence of operations leaves the pool as the brute-force reference has it: the same pairs in the same order,
/// nobody overlooked, every index in step with the members.
/// </summary>
public sealed class PoolPropertyTests
{
    private const int PatienceMs = 700;
    private const long StartMs = 1_000_000_000_000;

    // Few places and short times, so that a sequence sees every one of them used up and given back.
    private static readonly MatchmakingOptions Options = new()
    {
        PatienceMs = PatienceMs,
        AckMs = 300,
        UnansweredPauseMs = 200,
        SearchesPerAddress = 2,
    };

    [Fact]
    public void BehavesLikeTheReference()
    {
        var operations = Gen.Frequency(
            (6, Add()), (2, Remove()), (1, RemoveExact()), (1, Judge()), (3, Advance()), (1, Pass())).ListOf(60);
        Prop.ForAll(operations.ToArbitrary(), Agrees)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(600).WithEndSize(60));
    }

    private static Gen<Operation> Add() =>
        from user in Gen.Choose(0, 11)
        from interests in Gen.Choose(0, 4).ListOf(3)
        from interestCount in Gen.Choose(0, 3)
        from languages in Gen.Choose(0, 2).ListOf(2)
        from languageCount in Gen.Choose(0, 2)
        from blocks in Gen.Choose(0, 11).ListOf(4)
        from blockCount in Gen.Choose(0, 4)
        from avoid in Gen.Choose(-8, 11)
        from avoidMs in Gen.Choose(0, 2_000)
        from waitedMs in Gen.Choose(0, 1_000)
        from front in Gen.Choose(0, 5)
        from network in Gen.Choose(0, 3)
        from proven in Gen.Choose(0, 3)
        select (Operation)new AddUser(
            user,
            [.. interests.Take(interestCount).Select(i => $"i{i}")],
            [.. languages.Take(languageCount).Select(i => "abc"[i] + "a")],
            [.. blocks.Take(blockCount)],
            avoid,
            avoidMs,
            waitedMs,
            front == 0,
            network,
            proven == 0);

    private static Gen<Operation> Remove() =>
        from user in Gen.Choose(0, 11)
        select (Operation)new RemoveUser(user);

    private static Gen<Operation> RemoveExact() =>
        from user in Gen.Choose(0, 11)
        from stale in Gen.Choose(0, 1)
        select (Operation)new RemoveTicket(user, stale == 1);

    private static Gen<Operation> Judge() =>
        from user in Gen.Choose(0, 11)
        from network in Gen.Choose(0, 3)
        from good in Gen.Choose(0, 1)
        select (Operation)new JudgeUser(user, network, good == 1);

    private static Gen<Operation> Advance() =>
        from ms in Gen.Choose(0, 400)
        from jump in Gen.Frequency((20, Gen.Constant(0)), (1, Gen.Constant(30_000)))
        select (Operation)new LetTimePass(ms + jump);

    private static Gen<Operation> Pass() => Gen.Constant((Operation)new RunPass());

    private static bool Agrees(IList<Operation> operations)
    {
        var pool = new WaitingPool(Options, StartMs);
        var reference = new ReferencePool(Options, StartMs);
        var (now, id) = (StartMs, 0L);
        foreach (var operation in operations)
        {
            switch (operation)
            {
                case AddUser add:
                    var ticket = add.ToTicket(++id, now);
                    var expected = reference.Add(ticket, now);
                    var actual = pool.Add(ticket, now);
                    Assert.Equal(expected is { } e ? Names(e) : null, actual is { } a ? Names((a.First, a.Second)) : null);
                    break;
                case RemoveUser remove:
                    Assert.Equal(reference.Remove(User(remove.Index), null), pool.Remove(User(remove.Index)));
                    break;
                case RemoveTicket remove:
                    var known = pool.Find(User(remove.Index))?.Id ?? 0;
                    var which = remove.Stale ? known - 1 : known;
                    Assert.Equal(reference.Remove(User(remove.Index), which), pool.Remove(User(remove.Index), which));
                    break;
                case JudgeUser judge:
                    var conduct = new Conduct(User(judge.Index), new AddressPrefix((ulong)judge.Network), judge.Good);
                    reference.Judge(conduct, now);
                    pool.Judge(conduct, now);
                    break;
                case LetTimePass pass:
                    now += pass.Ms;
                    break;
                case RunPass:
                    var pairs = new List<Pair>();
                    pool.Pass(now, pairs);
                    Assert.Equal(
                        reference.Pass(now).Select(Names), pairs.Select(pair => Names((pair.First, pair.Second))));
                    break;
            }
            Assert.Equal(reference.Tickets.Select(t => t.Id).Order(), pool.Tickets.Select(t => t.Id).Order());
            Assert.Null(reference.Overlooked(now));
            PoolIndexes.AssertConsistent(pool);
        }
        return true;
    }

    private static UserId User(int index) => new($"u{index:00}");

    private static string Names((Ticket One, Ticket Other) pair)
    {
        var (one, other) = (pair.One.User, pair.Other.User);
        return one.CompareTo(other) < 0 ? $"{one}+{other}" : $"{other}+{one}";
    }

    private abstract record Operation;

    private sealed record AddUser(
        int Index,
        ImmutableArray<string> Likes,
        ImmutableArray<string> Speaks,
        ImmutableArray<int> Blocks,
        int Avoid,
        int AvoidMs,
        int WaitedMs,
        bool Front,
        int Network,
        bool Proven) : Operation
    {
        public Ticket ToTicket(long id, long nowMs)
        {
            Assert.True(SearchRequest.TryCreate(ChatType.Text, Likes, Speaks, out var request, out _));
            return new Ticket
            {
                Id = id,
                User = User(Index),
                Host = new("here"),
                Request = request,
                SinceMs = nowMs - WaitedMs,
                Front = Front,
                From = new AddressPrefix((ulong)Network),
                Proven = Proven,
                Blocked = BlockSet.From(Blocks.Select(User)),
                Avoid = Avoid < 0 ? null : User(Avoid),
                AvoidUntilMs = nowMs + AvoidMs,
            };
        }

        public override string ToString() =>
            $"add {Index} [{string.Join(' ', Likes)}] [{string.Join(' ', Speaks)}] blocks [{string.Join(' ', Blocks)}] "
            + $"avoids {Avoid} for {AvoidMs} waited {WaitedMs}{(Front ? " front" : "")}{(Proven ? " proven" : "")} from {Network}";
    }

    private sealed record RemoveUser(int Index) : Operation;

    private sealed record RemoveTicket(int Index, bool Stale) : Operation;

    private sealed record JudgeUser(int Index, int Network, bool Good) : Operation;

    private sealed record LetTimePass(int Ms) : Operation;

    private sealed record RunPass : Operation;
}
