using System.Buffers;
using System.Runtime.InteropServices;

namespace Camdiv.Tests.Load.Io;

internal sealed unsafe partial class WebSocketConnection
{
    private void Send(int opcode, int length)
    {
        if (_stage != Stage.Open)
        {
            return;
        }
        var mask = (uint)Random.Shared.Next() | 1;
        var start = WebSocketFraming.Seal(_scratch, opcode, length, mask);
        Write(_scratch.AsSpan(start, WebSocketFraming.MostHeader - start + length));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_unsent is null)
        {
            bytes = bytes[Push(bytes)..];
        }
        if (bytes.IsEmpty || _descriptor < 0)
        {
            return;
        }
        if (_unsentCount + bytes.Length > MostUnsent)
        {
            End(null, "the server does not read");
            return;
        }
        if (_unsent is null || _unsent.Length < _unsentCount + bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, (_unsentCount + bytes.Length) * 2));
            _unsent?.AsSpan(0, _unsentCount).CopyTo(larger);
            Return(ref _unsent);
            _unsent = larger;
        }
        bytes.CopyTo(_unsent.AsSpan(_unsentCount));
        _unsentCount += bytes.Length;
        WatchWrites(true);
    }

    private int Push(ReadOnlySpan<byte> bytes)
    {
        nint sent;
        fixed (byte* start = bytes)
        {
            sent = Native.Send(_descriptor, start, bytes.Length, Native.NoSignal);
        }
        // A broken connection shows when it is read, where what the server still said is found as well.
        return sent >= 0 ? (int)sent : Marshal.GetLastPInvokeError() is Native.Again ? 0 : bytes.Length;
    }

    private void Flush()
    {
        var sent = Push(_unsent.AsSpan(0, _unsentCount));
        _unsent.AsSpan(sent, _unsentCount - sent).CopyTo(_unsent);
        _unsentCount -= sent;
        if (_unsentCount == 0)
        {
            Return(ref _unsent);
            WatchWrites(false);
        }
    }

    private void WatchWrites(bool watch)
    {
        if (_watchingWrites != watch)
        {
            _watchingWrites = watch;
            loop.WatchWriting(_descriptor, _slot, watch);
        }
    }
}
