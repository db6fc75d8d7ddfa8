using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Camdiv.Gateway.Turn;

/// <summary>A STUN message (RFC 8489), as much as TURN allocations (RFC 8656) need.</summary>
internal sealed class StunMessage
{
    public const ushort AllocateRequest = 0x0003;
    public const ushort AllocateSuccess = 0x0103;
    public const ushort RefreshRequest = 0x0004;
    public const ushort RefreshSuccess = 0x0104;
    public const ushort PermissionRequest = 0x0008;
    public const ushort PermissionSuccess = 0x0108;

    public const ushort Username = 0x0006;
    public const ushort ErrorCode = 0x0009;
    public const ushort Lifetime = 0x000d;
    public const ushort Realm = 0x0014;
    public const ushort Nonce = 0x0015;
    public const ushort PeerAddress = 0x0012;
    public const ushort RelayedAddress = 0x0016;
    public const ushort RequestedFamily = 0x0017;
    public const ushort RequestedTransport = 0x0019;
    public const ushort Software = 0x8022;

    public const int HeaderBytes = 20;

    private const ushort MessageIntegrity = 0x0008;
    private const uint Cookie = 0x2112a442;
    private readonly List<(ushort Type, byte[] Value)> _attributes = [];

    private StunMessage(ushort type, byte[] transaction)
    {
        Type = type;
        Transaction = transaction;
    }

    public ushort Type { get; }

    public byte[] Transaction { get; }

    /// <summary>The error code, as in HTTP; null when this is no error.</summary>
    public int? Error => Find(ErrorCode) is { Length: >= 4 } value ? ((value[2] & 7) * 100) + value[3] : null;

    public static StunMessage Request(ushort type) => new(type, RandomNumberGenerator.GetBytes(12));

    /// <summary>Whether the bytes begin like a STUN message, and how many more follow the header.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out int bodyBytes)
    {
        bodyBytes = 0;
        if (bytes.Length < HeaderBytes || bytes[0] >= 0x40 || BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != Cookie)
        {
            return false;
        }
        bodyBytes = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return true;
    }

    /// <summary>Reads a whole message; null when it is not one.</summary>
    public static StunMessage? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!TryReadHeader(bytes, out var bodyBytes) || bytes.Length < HeaderBytes + bodyBytes)
        {
            return null;
        }
        var message = new StunMessage(BinaryPrimitives.ReadUInt16BigEndian(bytes), bytes[8..HeaderBytes].ToArray());
        for (var rest = bytes.Slice(HeaderBytes, bodyBytes); rest.Length >= 4;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (rest.Length < 4 + length)
            {
                return null;
            }
            message._attributes.Add((BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Slice(4, length).ToArray()));
            rest = rest[Math.Min(rest.Length, 4 + Padded(length))..];
        }
        return message;
    }

    public StunMessage Add(ushort type, byte[] value)
    {
        _attributes.Add((type, value));
        return this;
    }

    public StunMessage Add(ushort type, string value) => Add(type, Encoding.UTF8.GetBytes(value));

    public byte[]? Find(ushort type) => _attributes.Find(attribute => attribute.Type == type).Value;

    public string? FindText(ushort type) => Find(type) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>The relayed address of an allocation, or null.</summary>
    public IPEndPoint? FindRelayed()
    {
        if (Find(RelayedAddress) is not { Length: 8 or 20 } value)
        {
            return null;
        }
        return new IPEndPoint(new IPAddress(Mask(value[4..])), BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(2)) ^ (int)(Cookie >> 16));
    }

    /// <summary>Adds a peer's address, masked with the magic cookie and the transaction (RFC 8489, 14.2); its port is 9.</summary>
    public StunMessage AddPeer(IPAddress peer)
    {
        var bytes = Mask(peer.GetAddressBytes());
        var port = (ushort)(9 ^ (Cookie >> 16));
        return Add(PeerAddress, [0, (byte)(bytes.Length == 4 ? 1 : 2), (byte)(port >> 8), (byte)port, .. bytes]);
    }

    /// <summary>The bytes, closed by MESSAGE-INTEGRITY when there is a key.</summary>
    public byte[] Encode(byte[]? key = null)
    {
        var body = new List<byte>();
        foreach (var (type, value) in _attributes)
        {
            Append(body, type, value);
        }
        if (key is not null)
        {
            // The length in the header counts the attribute that the sum does not cover.
            byte[] covered = [.. Header(body.Count + 24), .. body];
            Append(body, MessageIntegrity, HMACSHA1.HashData(key, covered));
        }
        return [.. Header(body.Count), .. body];
    }

    private byte[] Mask(byte[] address)
    {
        Span<byte> mask = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(mask, Cookie);
        Transaction.CopyTo(mask[4..]);
        for (var i = 0; i < address.Length; i++)
        {
            address[i] ^= mask[i];
        }
        return address;
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private static void Append(List<byte> body, ushort type, byte[] value)
    {
        body.AddRange([(byte)(type >> 8), (byte)type, (byte)(value.Length >> 8), (byte)value.Length]);
        body.AddRange(value);
        body.AddRange(new byte[Padded(value.Length) - value.Length]);
    }

    private byte[] Header(int bodyBytes)
    {
        var header = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt16BigEndian(header, Type);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)bodyBytes);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), Cookie);
        Transaction.CopyTo(header, 8);
        return header;
    }
}
