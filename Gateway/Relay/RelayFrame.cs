using System.Buffers;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Relay;

/// <summary>Frames from client to client: <c>&gt;ROOM|PAYLOAD</c>. Only the room is ever looked at.</summary>
internal static class RelayFrame
{
    /// <summary>First byte of every relay frame.</summary>
    public const byte Mark = (byte)'>';

    private static readonly SearchValues<byte> IdBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    /// <summary>Finds the room a relay frame names.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="room">The room's bytes, a part of <paramref name="frame"/>.</param>
    /// <returns>False when the frame is malformed.</returns>
    public static bool TryGetRoom(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> room)
    {
        room = default;
        if (frame.Length < 3 || frame[0] != Mark)
        {
            return false;
        }
        var head = frame[1..Math.Min(frame.Length, RoomId.MaxLength + 2)];
        var length = head.IndexOf((byte)'|');
        if (length < 1 || head[..length].ContainsAnyExcept(IdBytes))
        {
            return false;
        }
        room = head[..length];
        return true;
    }
}
