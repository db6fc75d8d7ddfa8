using System.Net.WebSockets;
using Camdiv.Gateway.Connections.Metering;

namespace Camdiv.Gateway.Connections;

/// <summary>
/// The seam to the WebSocket framing below. One receive and one send or close may run at a time; <see cref="Abort"/>
/// may be called at any time.
/// </summary>
internal interface IClientSocket
{
    /// <summary>Counts what the client sends, and bounds it; asked by each receive.</summary>
    InputMeter Input { get; }

    /// <summary>
    /// Receives into the caller's buffer. An empty buffer waits until a message begins, without holding memory, and
    /// tells its kind; the message's bytes are then received by further calls.
    /// </summary>
    /// <exception cref="WebSocketException">The connection broke, or the peer broke RFC 6455 and was told so.</exception>
    /// <exception cref="OperationCanceledException">The socket was aborted.</exception>
    ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends one text message. The memory must stay unchanged until the returned task completes.</summary>
    /// <param name="frame">The message.</param>
    /// <param name="more">Whether another message or a close follows at once, so that this one may wait and go with it.</param>
    ValueTask SendTextAsync(ReadOnlyMemory<byte> frame, bool more);

    /// <summary>Sends a close frame; messages may still be received until the peer's arrives.</summary>
    /// <param name="code">Close code to send.</param>
    /// <param name="reason">At most 123 bytes of UTF-8.</param>
    ValueTask CloseAsync(int code, string reason);

    /// <summary>To be called now and then, see <see cref="KeepAlive"/>: pings a silent client, cuts one that stays silent.</summary>
    void Tick();

    /// <summary>Cuts the connection at once. Idempotent.</summary>
    void Abort();

    /// <summary>
    /// To be called when the socket's user is done: cuts the connection after <paramref name="timeout"/> if the bytes
    /// still on their way do not leave by then.
    /// </summary>
    void AbortAfter(TimeSpan timeout, TimeProvider time);
}
