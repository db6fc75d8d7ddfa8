using System.Buffers.Binary;
using System.Text;

namespace Camdiv.Tests.Kit.Otlp;

/// <summary>Walks the fields of one protobuf message; enough to read what OTLP sends without its generated classes.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;
    private ulong _number;

    /// <summary>The number of the present field.</summary>
    public int Field { get; private set; }

    /// <summary>The present field's bytes, when it is a message, a text or a packed list.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly string Text => Encoding.UTF8.GetString(Value);

    public readonly long Int => (long)_number;

    public readonly bool Bool => _number != 0;

    public readonly double Double => BitConverter.UInt64BitsToDouble(_number);

    /// <summary>Steps to the next field.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }
        var key = ReadVarint();
        Field = (int)(key >> 3);
        Value = default;
        switch ((int)(key & 7))
        {
            case Varint:
                _number = ReadVarint();
                break;
            case Fixed64:
                _number = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[8..];
                break;
            case Fixed32:
                _number = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[4..];
                break;
            case Bytes:
                var length = (int)ReadVarint();
                Value = _rest[..length];
                _rest = _rest[length..];
                break;
            default:
                throw new InvalidDataException($"Wire type {key & 7} of field {Field} is not known.");
        }
        return true;
    }

    /// <summary>The present field as a packed list of 64-bit values.</summary>
    public readonly ulong[] Packed()
    {
        var values = new ulong[Value.Length / 8];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadUInt64LittleEndian(Value[(8 * i)..]);
        }
        return values;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
