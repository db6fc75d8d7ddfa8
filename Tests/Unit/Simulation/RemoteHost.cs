using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// A host behind a network: every call takes time before and after it is carried out, may fail at either end, and at
/// each of its await points something may happen to the very users it is about.
/// </summary>
internal sealed class RemoteHost(SimulationRun run, ClusterSimEngine engine, SessionHost host) : ISessionHost
{
    public async ValueTask<bool[]> ReserveAsync(IReadOnlyList<Offer> offers)
    {
        var users = offers.Select(offer => run.Find(offer.User)).ToArray();
        await Travel(users, "before the check");
        var alive = Array.ConvertAll(users, user => user.Connected);
        // Taken before the call: a socket that dies while the host looks at it dies after this step.
        var step = run.World.NextStep();
        var answers = Complete(host.ReserveAsync(offers));
        for (var i = 0; i < answers.Length; i++)
        {
            var record = run.Ledger.Get(offers[i].Room);
            record.Observed = true;
            var seat = record.Seat(users[i])!;
            (seat.CheckStep, seat.AliveAtCheck) = (step, alive[i]);
            run.World.Trace.Note(users[i], record.Room, answers[i] ? "checked" : "check refused", alive[i]);
            if (answers[i])
            {
                users[i].ConfirmedUntilMs = run.World.NowMs + SessionHost.HoldMs;
            }
        }
        await Travel(users, "after the check");
        return answers;
    }

    public async ValueTask<bool[]> RecheckAsync(IReadOnlyList<Offer> offers)
    {
        var users = offers.Select(offer => run.Find(offer.User)).ToArray();
        await Travel(users, "before the recheck");
        var alive = Array.ConvertAll(users, user => user.Connected);
        // Taken before the call: a socket that dies while the host looks at it dies after this step.
        var step = run.World.NextStep();
        var answers = Complete(host.RecheckAsync(offers));
        for (var i = 0; i < answers.Length; i++)
        {
            var seat = run.Ledger.Get(offers[i].Room).Seat(users[i])!;
            (seat.RecheckStep, seat.AliveAtRecheck) = (step, alive[i]);
            run.World.Trace.Note(users[i], offers[i].Room, answers[i] ? "rechecked" : "recheck refused", alive[i]);
            if (answers[i])
            {
                users[i].Confirmed = seat;
            }
        }
        await Travel(users, "after the recheck");
        return answers;
    }

    public async ValueTask ConcludeAsync(IReadOnlyList<Verdict> verdicts)
    {
        var users = verdicts.Select(verdict => run.Find(verdict.User)).ToArray();
        try
        {
            await Travel(users, "before the verdict");
        }
        catch (TimeoutException)
        {
            foreach (var (verdict, user) in verdicts.Zip(users))
            {
                run.World.Trace.Note(user, verdict.Room, "verdict lost", verdict.Matched);
                run.Ledger.Get(verdict.Room).VerdictLost = true;
                user.HeldUntilMs = run.World.NowMs + SessionHost.HoldMs + SessionHost.LookGapMs;
            }
            throw;
        }
        foreach (var (verdict, user) in verdicts.Zip(users))
        {
            run.World.Trace.Note(user, verdict.Room, "verdict", verdict.Matched);
        }
        Complete(host.ConcludeAsync(verdicts));
        foreach (var (verdict, user) in verdicts.Zip(users))
        {
            var seat = run.Ledger.Get(verdict.Room).Seat(user);
            if (user.Confirmed == seat && (seat!.Told is not null || !verdict.Matched))
            {
                user.Confirmed = null;
            }
            seat!.Concluded = true;
        }
        await Travel(users, "after the verdict");
    }

    private async ValueTask Travel(SimUser[] users, string where)
    {
        Poke(users);
        await run.World.Delay(SimNetwork.Delay(run.World.Random));
        if (run.Churning && run.World.Chance(run.Plan.FailureChance))
        {
            engine.CallFailed(host);
            throw new TimeoutException(where);
        }
        Poke(users);
    }

    private void Poke(SimUser[] users)
    {
        foreach (var user in users)
        {
            if (run.Churning && run.World.Chance(run.Plan.PokeChance))
            {
                run.Habits.Poke(user);
            }
        }
    }

    private static bool[] Complete(ValueTask<bool[]> call) => call.IsCompleted
        ? call.Result
        : throw new InvalidOperationException("A session host did not answer at once.");

    private static void Complete(ValueTask call)
    {
        if (!call.IsCompleted)
        {
            throw new InvalidOperationException("A session host did not answer at once.");
        }
        call.GetAwaiter().GetResult();
    }
}
