namespace Camdiv.Gateway.Connections.Metering;

/// <summary>
/// The stream below the framework's WebSocket, which answers control frames by itself and shows nobody how many there are.
/// So they are counted here, and here its reader gives its thread back.
/// </summary>
internal sealed class MeteredStream(Stream inner, InputMeter meter) : Stream
{
    private WireFrameCounter _frames;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (meter.IsSlow || meter.MustYield)
        {
            return ReadLaterAsync(buffer, cancellationToken);
        }
        var read = inner.ReadAsync(buffer, cancellationToken);
        return read.IsCompletedSuccessfully ? new(Counted(buffer, read.Result)) : FinishAsync(read, buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
    }

    private async ValueTask<int> ReadLaterAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await (meter.IsSlow ? meter.PaceAsync() : meter.YieldAsync()).ConfigureAwait(false);
        return Counted(buffer, await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<int> FinishAsync(ValueTask<int> read, Memory<byte> buffer) =>
        Counted(buffer, await read.ConfigureAwait(false));

    // A read of nothing only waits for bytes.
    private int Counted(Memory<byte> buffer, int count)
    {
        if (count > 0)
        {
            meter.Read(count);
            meter.Frames(_frames.Count(buffer.Span[..count]));
        }
        return count;
    }
}
