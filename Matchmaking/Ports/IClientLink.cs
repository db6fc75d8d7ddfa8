namespace Camdiv.Matchmaking;

/// <summary>Why the matchmaker ends a connection.</summary>
public enum LinkCloseReason : byte
{
    /// <summary>A newer connection of the same session took over (close code 4409).</summary>
    Replaced,
}

/// <summary>
/// One client's connection as the matchmaker sees it. Every member returns at once: a write goes to the connection's
/// bounded outbound queue, never to the socket's completion. Implementations are thread-safe and never call back into
/// the matchmaker from these members.
/// </summary>
public interface IClientLink
{
    /// <summary>Whether the socket is open and its outbound queue accepts writes. Read by the pairing handshake.</summary>
    bool IsAlive { get; }

    /// <summary>Queues an event.</summary>
    /// <returns>False when the link is closed or closing; the event is then lost with it.</returns>
    bool Deliver(ServerEvent message);

    /// <summary>Queues a relay frame, byte for byte. The bytes are copied before the call returns.</summary>
    /// <returns>False when the link is closed or closing.</returns>
    bool DeliverFrame(ReadOnlySpan<byte> frame);

    /// <summary>Closes the connection after what is queued; later deliveries return false.</summary>
    void Close(LinkCloseReason reason);
}
