using System.Buffers;

namespace Camdiv.Gateway.Connections.Framing;

/// <summary>What <see cref="FrameReader.Read"/> came to.</summary>
internal enum FrameEvent : byte
{
    /// <summary>Nothing more can be told without more bytes.</summary>
    NeedMore,

    /// <summary>Bytes of a message, possibly none.</summary>
    Data,

    /// <summary>A whole ping frame.</summary>
    Ping,

    /// <summary>A whole pong frame.</summary>
    Pong,

    /// <summary>A whole close frame, whose payload is not judged yet.</summary>
    Close,

    /// <summary>The peer broke RFC 6455; nothing may be read after it.</summary>
    Fault,
}

/// <summary>
/// Reads a client's frames out of a stream of bytes (RFC 6455, sections 5 and 8.1). Holds no payload: data goes to the
/// caller's buffer as it comes. Not thread-safe; one reader's.
/// </summary>
internal struct FrameReader
{
    private long _remaining;
    private uint _mask;
    private Utf8Stream _text;
    private Opcode _message;
    private bool _inFrame;
    private bool _final;

    /// <summary>After <see cref="FrameEvent.Data"/>: bytes put into the buffer; after a control frame: its payload's.</summary>
    public int Count { get; private set; }

    /// <summary>After <see cref="FrameEvent.Data"/>: whether the message is of text.</summary>
    public bool IsText { get; private set; }

    /// <summary>After <see cref="FrameEvent.Data"/>: whether the message ends here.</summary>
    public bool EndOfMessage { get; private set; }

    /// <summary>Whether the last call read a frame's header.</summary>
    public bool IsNewFrame { get; private set; }

    /// <summary>After <see cref="FrameEvent.Fault"/>: the code to close with.</summary>
    public int FaultCode { get; private set; }

    /// <summary>Reads up to the next event.</summary>
    /// <param name="input">What came; what is read is cut off its front.</param>
    /// <param name="data">Where a message's bytes go. Empty: only tells that a message has begun, or goes on.</param>
    /// <param name="control">Where a control frame's payload goes: <see cref="FrameHeader.MostControlBytes"/>.</param>
    public FrameEvent Read(ref ReadOnlySequence<byte> input, Span<byte> data, Span<byte> control)
    {
        Count = 0;
        IsNewFrame = false;
        if (!_inFrame)
        {
            var taken = ReadHeader(input, out var header);
            if (taken <= 0)
            {
                return taken == 0 ? FrameEvent.NeedMore : Fault(ClosePayload.ProtocolError);
            }
            if (header.IsControl)
            {
                return ReadControl(ref input, taken, header, control);
            }
            if ((header.Opcode == Opcode.Continuation) == (_message == Opcode.Continuation))
            {
                // Nothing to go on with, or another message before the last one's end.
                return Fault(ClosePayload.ProtocolError);
            }
            input = input.Slice(taken);
            IsNewFrame = true;
            Begin(header);
            if (_remaining == 0 || data.IsEmpty)
            {
                return EndOfPart();
            }
        }
        else if (data.IsEmpty)
        {
            return EndOfPart();
        }
        return ReadData(ref input, data);
    }

    private static int ReadHeader(in ReadOnlySequence<byte> input, out FrameHeader header)
    {
        var first = input.FirstSpan;
        if (first.Length >= FrameHeader.MostBytes || input.IsSingleSegment)
        {
            return FrameHeader.Read(first, out header);
        }
        Span<byte> bytes = stackalloc byte[FrameHeader.MostBytes];
        var count = (int)Math.Min(FrameHeader.MostBytes, input.Length);
        input.Slice(0, count).CopyTo(bytes);
        return FrameHeader.Read(bytes[..count], out header);
    }

    private FrameEvent ReadControl(ref ReadOnlySequence<byte> input, int taken, in FrameHeader header, Span<byte> control)
    {
        if (input.Length < taken + header.Length)
        {
            return FrameEvent.NeedMore;
        }
        Count = (int)header.Length;
        var payload = control[..Count];
        input.Slice(taken, Count).CopyTo(payload);
        Masking.Unmask(payload, payload, header.Mask);
        input = input.Slice(taken + Count);
        IsNewFrame = true;
        return header.Opcode switch
        {
            Opcode.Ping => FrameEvent.Ping,
            Opcode.Pong => FrameEvent.Pong,
            _ => FrameEvent.Close,
        };
    }

    private void Begin(in FrameHeader header)
    {
        _inFrame = true;
        _remaining = header.Length;
        _mask = header.Mask;
        _final = header.Final;
        if (header.Opcode != Opcode.Continuation)
        {
            _message = header.Opcode;
        }
    }

    private FrameEvent ReadData(ref ReadOnlySequence<byte> input, Span<byte> data)
    {
        var count = (int)Math.Min(Math.Min(_remaining, data.Length), input.Length);
        if (count == 0)
        {
            return FrameEvent.NeedMore;
        }
        var to = data;
        foreach (var part in input.Slice(0, count))
        {
            _mask = Masking.Unmask(part.Span, to, _mask);
            to = to[part.Length..];
        }
        input = input.Slice(count);
        _remaining -= count;
        Count = count;
        return _message == Opcode.Text && !_text.Take(data[..count]) ? Fault(ClosePayload.InvalidText) : EndOfPart();
    }

    // Tells what was read and leaves the frame, and the message, when they are over.
    private FrameEvent EndOfPart()
    {
        IsText = _message == Opcode.Text;
        _inFrame = _remaining > 0;
        EndOfMessage = _final && !_inFrame;
        if (EndOfMessage)
        {
            if (IsText && !_text.IsWhole)
            {
                return Fault(ClosePayload.InvalidText);
            }
            _message = Opcode.Continuation;
        }
        return FrameEvent.Data;
    }

    private FrameEvent Fault(int code)
    {
        FaultCode = code;
        return FrameEvent.Fault;
    }
}
