namespace Camdiv.Matchmaking;

/// <summary>
/// Check, commit, recheck: before either side hears of a match both are checked alive and committed to the room, then
/// both are checked again. Pairs of one batch go through the steps together, one call per host and step.
/// </summary>
public sealed class PairingHandshake(ISessionHosts hosts, IdSource ids, PairingCounters counters)
{
    /// <summary>Carries a batch of pairs through the handshake. Never throws: a host that fails counts as gone.</summary>
    /// <returns>How many of the pairs were told of each other.</returns>
    public async ValueTask<int> RunAsync(IReadOnlyList<Pair> pairs)
    {
        var seats = new Offer[pairs.Count * 2];
        for (var i = 0; i < pairs.Count; i++)
        {
            var (first, second, common) = pairs[i];
            var room = ids.NextRoom();
            var (one, other) = (ids.NextSeat(first.User), ids.NextSeat(second.User));
            var chat = first.Request.Chat;
            seats[2 * i] = new(room, first.User, first.Id, second.User, one, other, second.Host, chat, common)
            {
                PeerFrom = second.From,
            };
            seats[(2 * i) + 1] = new(room, second.User, second.Id, first.User, other, one, first.Host, chat, common)
            {
                PeerFrom = first.From,
            };
        }

        using var trace = PairingTrace.Begin(pairs, seats);
        var held = new bool[seats.Length];
        using (PairingTrace.Step("camdiv.match.reserve"))
        {
            await AskAsync(seats, held, static (host, offers) => host.ReserveAsync(offers), static _ => true);
        }
        var sound = new bool[seats.Length];
        using (PairingTrace.Step("camdiv.match.recheck"))
        {
            await AskAsync(seats, sound, static (host, offers) => host.RecheckAsync(offers), i => held[i] && held[i ^ 1]);
        }

        var matched = 0;
        var verdicts = new Verdict[seats.Length];
        for (var i = 0; i < seats.Length; i++)
        {
            var told = sound[i] && sound[i ^ 1];
            verdicts[i] = new(seats[i].Room, seats[i].User, seats[i].TicketId, told);
            if ((i & 1) == 0)
            {
                matched += told ? 1 : 0;
                counters.Count(held[i] && held[i + 1], told);
            }
        }
        using (PairingTrace.Step("camdiv.match.conclude"))
        {
            await ConcludeAsync(seats, verdicts);
        }
        PairingTrace.End(trace, pairs.Count, matched);
        return matched;
    }

    private async ValueTask AskAsync(
        Offer[] seats,
        bool[] answers,
        Func<ISessionHost, IReadOnlyList<Offer>, ValueTask<bool[]>> ask,
        Func<int, bool> asked)
    {
        var calls = new List<(List<int> Seats, ValueTask<bool[]> Answer)>(2);
        foreach (var (host, indexes) in ByHost(seats, asked))
        {
            if (hosts.Find(host) is { } found)
            {
                calls.Add((indexes, Start(found, indexes.ConvertAll(i => seats[i]))));
            }
        }
        foreach (var (indexes, call) in calls)
        {
            try
            {
                var answer = await call;
                for (var i = 0; i < indexes.Count && i < answer.Length; i++)
                {
                    answers[indexes[i]] = answer[i];
                }
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // The outcome there is unknown; the verdict that follows names the room, so either outcome is undone.
                counters.HostFailed();
            }
        }

        ValueTask<bool[]> Start(ISessionHost host, List<Offer> offers)
        {
            try
            {
                return ask(host, offers);
            }
            catch (Exception failure)
            {
                return ValueTask.FromException<bool[]>(failure);
            }
        }
    }

    private async ValueTask ConcludeAsync(Offer[] seats, Verdict[] verdicts)
    {
        var calls = new List<ValueTask>(2);
        foreach (var (host, indexes) in ByHost(seats, static _ => true))
        {
            if (hosts.Find(host) is { } found)
            {
                calls.Add(ConcludeAtAsync(found, indexes.ConvertAll(i => verdicts[i])));
            }
        }
        foreach (var call in calls)
        {
            await call;
        }
    }

    private async ValueTask ConcludeAtAsync(ISessionHost host, List<Verdict> verdicts)
    {
        try
        {
            await host.ConcludeAsync(verdicts);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // A host that never hears the verdict lets go of the reservation by itself when its time is up.
            counters.HostFailed();
        }
    }

    private Dictionary<HostId, List<int>> ByHost(Offer[] seats, Func<int, bool> asked)
    {
        var groups = new Dictionary<HostId, List<int>>();
        for (var i = 0; i < seats.Length; i++)
        {
            if (!asked(i))
            {
                continue;
            }
            // A seat's own host is what its counterpart calls the peer's host.
            var host = seats[i ^ 1].PeerHost;
            if (!groups.TryGetValue(host, out var group))
            {
                groups.Add(host, group = new List<int>(seats.Length));
            }
            group.Add(i);
        }
        return groups;
    }
}
