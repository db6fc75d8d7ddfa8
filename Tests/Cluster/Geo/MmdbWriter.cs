using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Camdiv.Tests.Cluster.Geo;

/// <summary>
/// Writes a MaxMind DB file (format 2.0, IPv4, 24-bit records) small enough to reason about: networks with a place each.
/// </summary>
public sealed class MmdbWriter
{
    private const int Separator = 16;

    // A record is the index of a node, or minus one for nothing, or minus two minus an offset in the data.
    private readonly List<int[]> _nodes = [[-1, -1]];
    private readonly List<byte> _data = [];

    /// <summary>What kind of database it says it is.</summary>
    public string DatabaseType { get; init; } = "GeoLite2-City";

    /// <summary>Adds a network; a longer prefix must come after the shorter one that contains it.</summary>
    public MmdbWriter Add(string network, double latitude, double longitude)
    {
        var parsed = IPNetwork.Parse(network);
        var bits = BinaryPrimitives.ReadUInt32BigEndian(parsed.BaseAddress.GetAddressBytes());
        var node = 0;
        for (var i = 0; i < parsed.PrefixLength - 1; i++)
        {
            var side = Side(bits, i);
            if (_nodes[node][side] < 0)
            {
                // What was said of the whole network holds for both halves until a longer prefix says otherwise.
                _nodes.Add([_nodes[node][side], _nodes[node][side]]);
                _nodes[node][side] = _nodes.Count - 1;
            }
            node = _nodes[node][side];
        }
        _nodes[node][Side(bits, parsed.PrefixLength - 1)] = -2 - _data.Count;
        Map(_data, 1);
        Text(_data, "location");
        Map(_data, 2);
        Text(_data, "latitude");
        Double(_data, latitude);
        Text(_data, "longitude");
        Double(_data, longitude);
        return this;
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes()
    {
        var file = new List<byte>();
        foreach (var record in _nodes.SelectMany(node => node))
        {
            var value = record switch
            {
                >= 0 => record,
                -1 => _nodes.Count,
                _ => _nodes.Count + Separator + (-2 - record),
            };
            file.AddRange([(byte)(value >> 16), (byte)(value >> 8), (byte)value]);
        }
        file.AddRange(new byte[Separator]);
        file.AddRange(_data);
        file.AddRange([0xab, 0xcd, 0xef]);
        file.AddRange("MaxMind.com"u8);
        Metadata(file);
        return [.. file];
    }

    private static int Side(uint bits, int depth) => (int)(bits >> (31 - depth)) & 1;

    private void Metadata(List<byte> file)
    {
        Map(file, 9);
        Text(file, "node_count");
        Number(file, 6, (ulong)_nodes.Count);
        Text(file, "record_size");
        Number(file, 5, 24);
        Text(file, "ip_version");
        Number(file, 5, 4);
        Text(file, "database_type");
        Text(file, DatabaseType);
        Text(file, "languages");
        Control(file, 11, 0);
        Text(file, "binary_format_major_version");
        Number(file, 5, 2);
        Text(file, "binary_format_minor_version");
        Number(file, 5, 0);
        Text(file, "build_epoch");
        Number(file, 9, 1_893_456_000);
        Text(file, "description");
        Map(file, 0);
    }

    private static void Map(List<byte> to, int entries) => Control(to, 7, entries);

    private static void Text(List<byte> to, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Control(to, 2, bytes.Length);
        to.AddRange(bytes);
    }

    private static void Double(List<byte> to, double value)
    {
        Control(to, 3, 8);
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        to.AddRange(bytes);
    }

    private static void Number(List<byte> to, int type, ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        var first = Array.FindIndex(bytes, b => b != 0);
        var significant = first < 0 ? [] : bytes[first..];
        Control(to, type, significant.Length);
        to.AddRange(significant);
    }

    private static void Control(List<byte> to, int type, int size)
    {
        // Types above seven have a byte of their own; sizes from 29 on spill into the next.
        var start = size < 29 ? size : 29;
        to.Add((byte)((type <= 7 ? type << 5 : 0) | start));
        if (type > 7)
        {
            to.Add((byte)(type - 7));
        }
        if (start == 29)
        {
            to.Add((byte)(size - 29));
        }
    }
}
