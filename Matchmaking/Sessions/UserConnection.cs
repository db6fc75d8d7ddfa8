using System.Text;

namespace Camdiv.Matchmaking;

/// <summary>A connection's handle on its session; inert once replaced or detached.</summary>
internal sealed class UserConnection(SessionHost host, UserSession session, IReportSink reports) : IUserConnection
{
    private volatile RelayRoute? _route;

    public UserId User => Session.User;

    internal UserSession Session { get; } = session;

    public void Start(SearchRequest request) => host.Start(this, request);

    public void Stop() => host.Stop(this);

    public void Acknowledge(RoomId room) => host.Acknowledge(this, room, spoke: false);

    public bool Block(RoomId room) => host.Block(this, room);

    public bool IsInRoom(RoomId room) => host.IsInRoom(this, room);

    public void Forget() => host.Forget(this);

    public void Detach() => host.Detach(this);

    public RelayOutcome Relay(ReadOnlySpan<byte> room, ReadOnlySpan<byte> frame)
    {
        if (_route is not { } route || !room.SequenceEqual(route.RoomBytes))
        {
            return RelayOutcome.Stale;
        }
        if (!route.Spoke)
        {
            route.Spoke = true;
            host.Acknowledge(this, route.Room, spoke: true);
        }
        return route.Target.Accept(frame);
    }

    public async ValueTask<string?> ReportAsync(RoomId room, string reason, CancellationToken cancellation)
    {
        if (host.Complain(this, room, reason, out var recorded) is not { } report)
        {
            return null;
        }
        if (!recorded)
        {
            await reports.WriteAsync(report, cancellation);
            host.Recorded(this, room);
        }
        return report.Id;
    }

    internal void SetRoute(RoomId room, IRelayTarget target, bool spoke) =>
        _route = new RelayRoute(room, target) { Spoke = spoke };

    internal void ClearRoute() => _route = null;

    /// <summary>The hot cache of a room: where its frames go, found by comparing bytes.</summary>
    private sealed class RelayRoute(RoomId room, IRelayTarget target)
    {
        public readonly RoomId Room = room;
        public readonly byte[] RoomBytes = Encoding.ASCII.GetBytes(room.Value);
        public readonly IRelayTarget Target = target;
        public volatile bool Spoke;
    }
}
