namespace Camdiv.Tests.Gateway.Framing;

/// <summary>A connection whose client has said everything already, in given portions; what the server says is kept.</summary>
internal sealed class ScriptedStream(IEnumerable<ReadOnlyMemory<byte>> portions) : Stream
{
    private readonly Queue<ReadOnlyMemory<byte>> _portions = new(portions.Where(portion => !portion.IsEmpty));
    private readonly MemoryStream _written = new();

    /// <summary>What the server wrote.</summary>
    public byte[] Written => _written.ToArray();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Cuts bytes into portions of a size.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Chop(ReadOnlyMemory<byte> bytes, int size)
    {
        for (var at = 0; at < bytes.Length; at += size)
        {
            yield return bytes.Slice(at, Math.Min(size, bytes.Length - at));
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || !_portions.TryPeek(out var portion))
        {
            return 0;
        }
        var count = Math.Min(buffer.Length, portion.Length);
        portion.Span[..count].CopyTo(buffer);
        _portions.Dequeue();
        if (count < portion.Length)
        {
            var rest = _portions.ToArray();
            _portions.Clear();
            _portions.Enqueue(portion[count..]);
            Array.ForEach(rest, _portions.Enqueue);
        }
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override void Write(byte[] buffer, int offset, int count) => _written.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _written.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
