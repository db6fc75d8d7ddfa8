using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// Every process of the simulated cluster has a clock of its own, seconds off the others'. What a ticket says travels as
/// ages; that it arrives as the same waiting time, longer never and shorter by no more than the way took, is checked.
/// </summary>
internal sealed class SimClocks
{
    private static readonly int[] HostsAheadMs = [100, -5_000, 0, 30_000];
    private const int QueuesAheadMs = -700;

    private readonly SimulationRun _run;
    private readonly Clock[] _hosts;

    public SimClocks(SimulationRun run)
    {
        _run = run;
        _hosts = [.. HostsAheadMs.Select(Ahead)];
        Queue = Ahead(QueuesAheadMs);
    }

    /// <summary>The queues' clock.</summary>
    public Clock Queue { get; }

    /// <summary>A host's clock.</summary>
    public Clock Of(int host) => _hosts[host];

    /// <summary>A ticket sets out for the queues.</summary>
    /// <returns>To be called when it arrives: the ticket there.</returns>
    public Func<Ticket> Send(int host, Ticket ticket)
    {
        var (waited, avoid) = (Of(host).AgeOf(ticket.SinceMs), Of(host).RestUntil(ticket.AvoidUntilMs));
        var sent = _run.World.NowMs;
        return () =>
        {
            var arrived = ticket with { SinceMs = Queue.MomentOf(waited), AvoidUntilMs = Queue.EndOf(avoid) };
            Check(host, ticket, arrived, _run.World.NowMs - sent);
            return arrived;
        };
    }

    private Clock Ahead(int ms) => new(new ShiftedTimeProvider(_run.World.Time, TimeSpan.FromMilliseconds(ms)));

    private void Check(int host, Ticket ticket, Ticket arrived, long wayMs)
    {
        var offset = QueuesAheadMs - HostsAheadMs[host];
        var lost = arrived.SinceMs - (ticket.SinceMs + offset);
        if (lost < 0 || lost > wayMs + 1)
        {
            _run.Violations.Report("clock", $"{ticket.User} lost {lost} ms of waiting on a way of {wayMs} ms");
        }
        var longer = arrived.AvoidUntilMs - (ticket.AvoidUntilMs + offset);
        if (ticket.Avoid is not null && (longer < 0 || (arrived.AvoidUntilMs > Queue.NowMs && longer > wayMs)))
        {
            _run.Violations.Report("clock", $"{ticket.User} avoids {ticket.Avoid} for {longer} ms longer after a way of {wayMs} ms");
        }
    }
}
