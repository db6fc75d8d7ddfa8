using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Camdiv.Tests.Load.Io;

internal sealed unsafe partial class WebSocketConnection
{
    private void Receive()
    {
        var into = _partial ?? loop.Buffer;
        nint count;
        fixed (byte* start = into)
        {
            count = Native.Receive(_descriptor, start + _partialCount, into.Length - _partialCount, 0);
        }
        if (count <= 0)
        {
            var error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error is not (Native.Again or Native.Interrupted) || count == 0)
            {
                End(null, error == 0 || _stage == Stage.Closing ? null : "recv: " + Marshal.GetPInvokeErrorMessage(error));
            }
            return;
        }
        var bytes = into.AsSpan(0, _partialCount + (int)count);
        var used = _stage == Stage.Handshaking ? ReadHandshake(bytes) : 0;
        while (_descriptor >= 0 && _stage >= Stage.Open && ReadFrame(bytes[used..]) is > 0 and var frame)
        {
            used += frame;
        }
        if (_descriptor >= 0)
        {
            Keep(bytes[used..]);
        }
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            Return(ref _partial);
            _partialCount = 0;
            return;
        }
        var wanted = rest.Length + Math.Max(2048, WebSocketFraming.Read(rest).Length);
        if (_partial is null || _partial.Length < wanted)
        {
            var larger = ArrayPool<byte>.Shared.Rent(wanted);
            rest.CopyTo(larger);
            Return(ref _partial);
            _partial = larger;
        }
        else
        {
            rest.CopyTo(_partial);
        }
        _partialCount = rest.Length;
    }

    private int ReadHandshake(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return 0;
        }
        if (!bytes.StartsWith("HTTP/1.1 101"u8))
        {
            End(null, "handshake: " + Encoding.ASCII.GetString(bytes[..Math.Min(bytes.Length, bytes.IndexOf((byte)'\r'))]));
            return 0;
        }
        _stage = Stage.Open;
        owner.OnOpen();
        return end + 4;
    }

    private int ReadFrame(ReadOnlySpan<byte> bytes)
    {
        var header = WebSocketFraming.Read(bytes);
        if (header.Bytes == 0 || bytes.Length < header.Bytes + header.Length)
        {
            return 0;
        }
        var payload = bytes.Slice(header.Bytes, header.Length);
        switch (header.Opcode)
        {
            case WebSocketFraming.Ping:
                payload.CopyTo(Compose(payload.Length));
                Send(WebSocketFraming.Pong, payload.Length);
                break;
            case WebSocketFraming.Pong:
                break;
            case WebSocketFraming.Close:
                OnClose(payload);
                break;
            case WebSocketFraming.Text when header.Final:
                owner.OnText(payload);
                break;
            default:
                Gather(payload, header.Final);
                break;
        }
        return header.Bytes + header.Length;
    }

    private void Gather(ReadOnlySpan<byte> part, bool final)
    {
        if (_message is null || _message.Length < _messageCount + part.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((_messageCount + part.Length) * 2);
            _message?.AsSpan(0, _messageCount).CopyTo(larger);
            Return(ref _message);
            _message = larger;
        }
        part.CopyTo(_message.AsSpan(_messageCount));
        _messageCount += part.Length;
        if (final)
        {
            owner.OnText(_message.AsSpan(0, _messageCount));
            _messageCount = 0;
            Return(ref _message);
        }
    }

    private void OnClose(ReadOnlySpan<byte> payload)
    {
        int? code = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : null;
        if (_stage == Stage.Open)
        {
            payload[..Math.Min(2, payload.Length)].CopyTo(Compose(2));
            Send(WebSocketFraming.Close, Math.Min(2, payload.Length));
        }
        End(code, null);
    }
}
