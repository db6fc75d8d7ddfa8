using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>Tickets whose gateway was lost, kept for the grace so that a user who resumes elsewhere keeps the place.</summary>
internal sealed class ParkedTickets(int graceMs)
{
    /// <summary>Most tickets kept; past it new ones are not.</summary>
    public const int Bound = 100_000;

    private readonly Dictionary<UserId, (Ticket Ticket, long UntilMs)> _byUser = [];
    private readonly Queue<(UserId User, long UntilMs)> _byTime = new();

    public int Count => _byUser.Count;

    public void Add(Ticket ticket, long nowMs)
    {
        if (_byUser.Count < Bound)
        {
            _byUser[ticket.User] = (ticket, nowMs + graceMs);
            _byTime.Enqueue((ticket.User, nowMs + graceMs));
        }
    }

    public Ticket? Take(UserId user, long nowMs) =>
        _byUser.Remove(user, out var parked) && parked.UntilMs > nowMs ? parked.Ticket : null;

    public void Prune(long nowMs)
    {
        while (_byTime.TryPeek(out var oldest) && oldest.UntilMs <= nowMs)
        {
            _byTime.Dequeue();
            if (_byUser.TryGetValue(oldest.User, out var parked) && parked.UntilMs <= nowMs)
            {
                _byUser.Remove(oldest.User);
            }
        }
    }
}
