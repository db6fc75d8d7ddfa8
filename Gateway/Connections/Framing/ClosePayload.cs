using System.Buffers.Binary;
using System.Text.Unicode;

namespace Camdiv.Gateway.Connections.Framing;

/// <summary>What a close frame says (RFC 6455, sections 5.5.1 and 7.4).</summary>
internal static class ClosePayload
{
    /// <summary>The frame breaks the protocol.</summary>
    public const int ProtocolError = 1002;

    /// <summary>Text is not UTF-8.</summary>
    public const int InvalidText = 1007;

    /// <summary>Stands for a close frame without a code; never on the wire.</summary>
    public const int NoCode = 1005;

    // Two bytes of the payload are the code.
    private const int MostReasonBytes = FrameHeader.MostControlBytes - sizeof(ushort);

    /// <summary>Reads a payload.</summary>
    /// <param name="payload">The close frame's payload, at most 125 bytes.</param>
    /// <param name="code">Its code, or <see cref="NoCode"/>.</param>
    /// <returns>0, or the code to fail the connection with because the payload is invalid.</returns>
    public static int Read(ReadOnlySpan<byte> payload, out int code)
    {
        code = NoCode;
        if (payload.IsEmpty)
        {
            return 0;
        }
        if (payload.Length == 1)
        {
            return ProtocolError;
        }
        code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!MayBeSent(code))
        {
            return ProtocolError;
        }
        return Utf8.IsValid(payload[sizeof(ushort)..]) ? 0 : InvalidText;
    }

    /// <summary>Writes a payload.</summary>
    /// <param name="to">At least <see cref="FrameHeader.MostControlBytes"/> bytes.</param>
    /// <param name="code">The code; <see cref="NoCode"/> writes nothing.</param>
    /// <param name="reason">Why; what does not fit is left out, a whole character at a time.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> to, int code, string reason)
    {
        if (code == NoCode)
        {
            return 0;
        }
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)code);
        Utf8.FromUtf16(reason, to.Slice(sizeof(ushort), MostReasonBytes), out _, out var bytes);
        return sizeof(ushort) + bytes;
    }

    /// <summary>Whether a close frame may bear this code: those that the RFC and IANA name, and the private ranges.</summary>
    public static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
