using System.Collections.Concurrent;
using Camdiv.Grains;

namespace Camdiv.Silo.Security;

/// <summary>Who is connected to this node's client port, by the ticket each drew for itself. Thread-safe.</summary>
internal sealed class AdminSessions : IOperators
{
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Operator? Find(string ticket) => _sessions.TryGetValue(ticket, out var session) ? session.Operator : null;

    /// <summary>Lets somebody in until the result is disposed of, which is when the connection ends.</summary>
    public IDisposable Enter(string ticket, Operator who)
    {
        var session = new Session(this, ticket, who);
        _sessions[ticket] = session;
        return session;
    }

    // By reference: a later connection of the same program may have taken the ticket's place.
    private sealed class Session(AdminSessions sessions, string ticket, Operator who) : IDisposable
    {
        public Operator Operator => who;

        public void Dispose() => sessions._sessions.TryRemove(KeyValuePair.Create(ticket, this));
    }
}
