using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Camdiv.Tests.Kit.Turn;

/// <summary>A STUN message (RFC 8489), as much as a TURN allocation needs.</summary>
internal sealed class StunMessage
{
    public const ushort AllocateRequest = 0x0003;
    public const ushort AllocateSuccess = 0x0103;
    public const ushort RefreshRequest = 0x0004;
    public const ushort PermissionRequest = 0x0008;
    public const ushort SendIndication = 0x0016;

    public const ushort Username = 0x0006;
    public const ushort MessageIntegrity = 0x0008;
    public const ushort ErrorCode = 0x0009;
    public const ushort Lifetime = 0x000d;
    public const ushort PeerAddress = 0x0012;
    public const ushort Data = 0x0013;
    public const ushort Realm = 0x0014;
    public const ushort Nonce = 0x0015;
    public const ushort RelayedAddress = 0x0016;
    public const ushort RequestedFamily = 0x0017;
    public const ushort RequestedTransport = 0x0019;
    public const ushort MobilityTicket = 0x8030;

    private const uint Cookie = 0x2112a442;
    private const int HeaderBytes = 20;
    private readonly List<(ushort Type, byte[] Value)> _attributes = [];

    public ushort Type { get; private init; }

    public byte[] Transaction { get; private init; } = [];

    public static StunMessage Request(ushort type) =>
        new() { Type = type, Transaction = RandomNumberGenerator.GetBytes(12) };

    public static StunMessage? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != Cookie)
        {
            return null;
        }
        var message = new StunMessage
        {
            Type = BinaryPrimitives.ReadUInt16BigEndian(bytes),
            Transaction = bytes[8..HeaderBytes].ToArray(),
        };
        for (var rest = bytes[HeaderBytes..]; rest.Length >= 4;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
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

    /// <summary>Adds an address, masked with the magic cookie and the transaction (RFC 8489, 14.2).</summary>
    public StunMessage AddAddress(ushort type, IPEndPoint address)
    {
        var bytes = Mask(address.Address.GetAddressBytes());
        var port = (ushort)(address.Port ^ (int)(Cookie >> 16));
        return Add(type, [0, (byte)(bytes.Length == 4 ? 1 : 2), (byte)(port >> 8), (byte)port, .. bytes]);
    }

    /// <summary>A masked address, or null.</summary>
    public IPEndPoint? FindAddress(ushort type) => Find(type) is { Length: 8 or 20 } value
        ? new IPEndPoint(new IPAddress(Mask(value[4..])), BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(2)) ^ (int)(Cookie >> 16))
        : null;

    public byte[]? Find(ushort type) => _attributes.Find(attribute => attribute.Type == type).Value;

    /// <summary>The error code, as in HTTP; null when this is no error.</summary>
    public int? Error => Find(ErrorCode) is { Length: >= 4 } value ? (value[2] * 100) + value[3] : null;

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
            var covered = Header(body.Count + 24).Concat(body).ToArray();
#pragma warning disable CA5350 // RFC 8489 prescribes HMAC-SHA1.
            Append(body, MessageIntegrity, HMACSHA1.HashData(key, covered));
#pragma warning restore CA5350
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
