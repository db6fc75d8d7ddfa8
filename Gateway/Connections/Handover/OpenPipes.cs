using System.IO.Pipelines;
using Camdiv.Gateway.Connections.Metering;

namespace Camdiv.Gateway.Connections.Handover;

/// <summary>
/// A transport's input that HTTP does not complete once it is taken over, and that HTTP reads in turns: requests that stand
/// in a row are served without waiting.
/// </summary>
internal sealed class OpenPipeReader(PipeReader inner, TransportHandover handover) : PipeReader
{
    // A request, which costs some frames' work, is a read or more.
    private const int UnitsPerRead = 4;

    private ThreadTurn _turn;

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        if (!handover.IsTaken)
        {
            inner.Complete(exception);
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var time = TimeProvider.System;
        _turn.Look(time, time.GetTimestamp());
        if (_turn.IsOver)
        {
            return ReadLaterAsync(cancellationToken);
        }
        _turn.Add(UnitsPerRead);
        return inner.ReadAsync(cancellationToken);
    }

    private async ValueTask<ReadResult> ReadLaterAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        _turn.Begin(TimeProvider.System.GetTimestamp());
        return await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
}

/// <summary>A transport's output that HTTP does not complete once it is taken over.</summary>
internal sealed class OpenPipeWriter(PipeWriter inner, TransportHandover handover) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        if (!handover.IsTaken)
        {
            inner.Complete(exception);
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        inner.FlushAsync(cancellationToken);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(source, cancellationToken);
}
