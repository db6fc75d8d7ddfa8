using System.Buffers;
using System.Net.WebSockets;

namespace Camdiv.Tests.Limit;

/// <summary>Pairs consecutive sockets.</summary>
internal sealed class Pairing
{
    private readonly Lock _lock = new();
    private Wire? _waiting;

    public Wire? Enter(Wire wire)
    {
        lock (_lock)
        {
            var peer = _waiting;
            _waiting = peer is null ? wire : null;
            return peer;
        }
    }
}

/// <summary>
/// One end of a wire: what comes in goes out at the other end. No protocol, no queue, no rules; what is left is what a
/// relayed frame costs on Kestrel at the least.
/// </summary>
internal sealed class Wire(WebSocket socket, Pairing pairing)
{
    private readonly WebSocket _socket = socket;
    private Wire? _peer;

    public async Task RunAsync()
    {
        byte[]? buffer = null;
        while (true)
        {
            // No buffer is held while nothing comes.
            var begin = _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            if (!begin.IsCompleted && buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = null;
            }
            var part = await begin.ConfigureAwait(false);
            buffer ??= ArrayPool<byte>.Shared.Rent(4096);
            var length = 0;
            while (!part.EndOfMessage)
            {
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(length * 4);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
                part = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                length += part.Count;
            }
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            if (_peer is { } peer)
            {
                await peer.SendAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
            }
            else
            {
                await PairAsync().ConfigureAwait(false);
            }
        }
    }

    // The first message asks for a partner; "1" goes to one of the two, "0" to the other.
    private async Task PairAsync()
    {
        if (pairing.Enter(this) is { } peer)
        {
            (_peer, peer._peer) = (peer, this);
            await peer.SendAsync("1"u8.ToArray()).ConfigureAwait(false);
            await SendAsync("0"u8.ToArray()).ConfigureAwait(false);
        }
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> frame) =>
        _socket.SendAsync(frame, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
}
