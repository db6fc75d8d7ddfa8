using System.Buffers;

namespace Camdiv.Gateway.Connections;

/// <summary>
/// Assembles one message in a rented buffer that grows with it up to the frame bound, and is given back while the socket
/// is idle. Not thread-safe; one reader's.
/// </summary>
internal struct ReceiveBuffer(int maxFrameBytes)
{
    // Most frames are candidates and descriptions below this.
    private const int FirstSize = 4096;

    private byte[]? _buffer;
    private int _count;

    /// <summary>Bytes of the message so far.</summary>
    public readonly ReadOnlySpan<byte> Message => _buffer.AsSpan(0, _count);

    /// <summary>Whether the message is larger than a frame may be.</summary>
    public readonly bool IsOverfull => _count > maxFrameBytes;

    /// <summary>Forgets the message; the buffer stays for the next one.</summary>
    public void Clear() => _count = 0;

    /// <summary>
    /// Room for more of the message; never empty unless <see cref="IsOverfull"/>. One byte beyond the bound is taken, so
    /// that a message of exactly the bound is told from a larger one.
    /// </summary>
    public Memory<byte> Free()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstSize, maxFrameBytes + 1));
        }
        else if (_count == _buffer.Length && _count <= maxFrameBytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(_buffer.Length * 4, maxFrameBytes + 1));
            Message.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        return _buffer.AsMemory(_count, Math.Min(_buffer.Length, maxFrameBytes + 1) - _count);
    }

    /// <summary>Counts bytes received into <see cref="Free"/>.</summary>
    public void Advance(int count) => _count += count;

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
        _count = 0;
    }
}
