using System.Threading.Channels;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Load.Cluster;

/// <summary>One simulated user on one gateway: acknowledges each match and tells its driver.</summary>
internal sealed class Stranger(ChannelWriter<Stranger> matched) : IClientLink
{
    private long _startedAt;

    public IUserConnection Connection { get; set; } = null!;

    public RoomId Room { get; private set; }

    public long MatchedAt { get; private set; }

    public long Frames;

    public bool IsAlive => true;

    /// <summary>Ticks from the intended start to the match.</summary>
    public long Waited => MatchedAt - Volatile.Read(ref _startedAt);

    public void Start(SearchRequest request, long intendedAt)
    {
        Volatile.Write(ref _startedAt, intendedAt);
        Connection.Start(request);
    }

    public bool Deliver(ServerEvent message)
    {
        if (message is Matched match)
        {
            MatchedAt = TimeProvider.System.GetTimestamp();
            Room = match.Room;
            matched.TryWrite(this);
        }
        return true;
    }

    public bool DeliverFrame(ReadOnlySpan<byte> frame)
    {
        Interlocked.Increment(ref Frames);
        return true;
    }

    public void Close(LinkCloseReason reason)
    {
    }
}
