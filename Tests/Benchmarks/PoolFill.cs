using Camdiv.Matchmaking;

namespace Camdiv.Tests.Benchmarks;

/// <summary>Tickets for pool benchmarks: ten interests each, shared only within a group.</summary>
internal static class PoolFill
{
    public const long NowMs = 1_000_000_000_000;
    public const int PatienceMs = 25_000;

    public static WaitingPool MakePool() => new(new MatchmakingOptions { PatienceMs = PatienceMs }, NowMs);

    public static Ticket MakeTicket(string user, int group)
    {
        var interests = Enumerable.Range(0, SearchRequest.MaxInterests).Select(i => $"interest {group} {i}").ToArray();
        if (!SearchRequest.TryCreate(ChatType.Video, interests, null, out var request, out var field))
        {
            throw new InvalidOperationException(field);
        }
        return new Ticket
        {
            Id = group + 1,
            User = new(user),
            Host = new("here"),
            Request = request,
            SinceMs = NowMs - 1_000 + (group % 1_000),
            // Two of one group come from two networks, as strangers mostly do, and have proved themselves: the same few meet
            // again and again here, which newcomers of one address may not.
            From = new AddressPrefix(((ulong)group * 2) + (user[0] == 'p' ? 2UL : 1UL)),
            Proven = true,
        };
    }
}
