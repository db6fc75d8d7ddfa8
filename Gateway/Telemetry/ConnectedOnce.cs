using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Telemetry;

/// <summary>
/// Remembers which side of which room has told of its media connection, so that an ICE restart or a resumed socket does
/// not count twice. Keeps the latest 65,536 to 131,072 sides; older rooms are long settled.
/// </summary>
internal sealed class ConnectedOnce
{
    private const int Generation = 65_536;

    private readonly Lock _gate = new();
    private HashSet<(RoomId, UserId)> _recent = [];
    private HashSet<(RoomId, UserId)> _older = [];

    /// <summary>True the first time for this side of this room.</summary>
    public bool IsFirst(RoomId room, UserId user)
    {
        lock (_gate)
        {
            if (_older.Contains((room, user)) || !_recent.Add((room, user)))
            {
                return false;
            }
            if (_recent.Count >= Generation)
            {
                (_older, _recent) = (_recent, []);
            }
            return true;
        }
    }
}
