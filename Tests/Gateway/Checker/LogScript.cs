using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Gateway.Checker;

/// <summary>Writes clients' logs by hand, with times in milliseconds, as a server with a planted bug would cause them.</summary>
internal sealed class LogScript
{
    private readonly WireNames _names = new();
    private readonly List<ClientLog> _logs = [];

    public InvariantOptions Options { get; set; } = new() { StrandedAfter = TimeSpan.FromSeconds(5) };

    /// <summary>A client of this user id that connects at 0 ms and is welcomed idle.</summary>
    public Actor Client(string user)
    {
        var log = new ClientLog(user, _names);
        log.Users.Add(user);
        _logs.Add(log);
        return new Actor(log).Connect(0);
    }

    public InvariantReport Check(long endMs = 60_000) =>
        InvariantChecker.Check(_logs, Options with { EndedAt = endMs * 1000 });

    internal sealed class Actor(ClientLog log)
    {
        public Actor Connect(long ms, string state = "idle", string? room = null)
        {
            At(ms, LogKind.Connecting);
            return At(ms, LogKind.Welcome, room, log.Users[0], LogCodes.State(state));
        }

        public Actor Start(long ms, byte chat = 0) => At(ms, LogKind.Start, detail: chat);

        public Actor Stop(long ms) => At(ms, LogKind.Stop);

        public Actor Drop(long ms) => At(ms, LogKind.Drop);

        public Actor Ack(long ms, string room) => At(ms, LogKind.Ack, room);

        public Actor Block(long ms, string room) => At(ms, LogKind.Block, room);

        public Actor Searching(long ms, byte chat = 0, bool requeued = false) =>
            At(ms, LogKind.Searching, detail: (byte)(chat | (requeued ? LogEvent.Flag : 0)));

        /// <summary>In every room it bears its own name, and the peer is told by the peer's.</summary>
        public Actor Matched(long ms, string room, string peer, bool initiator)
        {
            var self = log.Users[0];
            var larger = initiator && string.CompareOrdinal(self, peer) > 0;
            var detail = (byte)((initiator ? LogEvent.Flag : 0) | (larger ? LogEvent.Larger : 0));
            log.Append(new LogEvent(ms * 1000, log.Id(room), log.Id(peer), LogKind.Matched, detail, log.Id(self)));
            return this;
        }

        public Actor Left(long ms, string room, string reason = "next") =>
            At(ms, LogKind.PeerLeft, room, detail: LogCodes.Reason(reason));

        public Actor Away(long ms, string room) => At(ms, LogKind.PeerAway, room);

        public Actor Error(long ms) => At(ms, LogKind.Error);

        public Actor StrayFrame(long ms, string room) => At(ms, LogKind.StrayFrame, room);

        private Actor At(long ms, LogKind kind, string? room = null, string? peer = null, byte detail = 0)
        {
            log.Append(new LogEvent(ms * 1000, log.Id(room), log.Id(peer), kind, detail));
            return this;
        }
    }
}
