using System.Globalization;
using System.Runtime.InteropServices;

namespace Camdiv.Tests.Wire;

/// <summary>
/// A user or room id as 64 bits of hash: what a log keeps of it, so that a hundred thousand clients' logs stay small.
/// </summary>
public readonly record struct WireId(ulong Bits)
{
    /// <summary>No id.</summary>
    public static readonly WireId None;

    /// <summary>Whether this names anything.</summary>
    public bool IsNone => Bits == 0;

    /// <summary>The hash of an id in UTF-8.</summary>
    public static WireId Of(ReadOnlySpan<byte> text)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in text)
        {
            hash = (hash ^ b) * 1099511628211UL;
        }
        return Finish(hash);
    }

    /// <summary>The hash of an id of ASCII characters; equal to the one of its bytes.</summary>
    public static WireId Of(ReadOnlySpan<char> text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = (hash ^ (byte)c) * 1099511628211UL;
        }
        return Finish(hash);
    }

    /// <inheritdoc/>
    public override string ToString() => IsNone ? "-" : "#" + Bits.ToString("x16", CultureInfo.InvariantCulture);

    // FNV alone leaves the high bits of short texts poor; two xor-multiply rounds spread them.
    private static WireId Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        hash ^= hash >> 33;
        return new WireId(hash == 0 ? 1 : hash);
    }
}

/// <summary>Remembers which text a <see cref="WireId"/> stands for, where a test is small enough to afford it.</summary>
public sealed class WireNames
{
    private readonly Dictionary<WireId, string> _names = [];

    /// <summary>Remembers <paramref name="text"/> and returns its hash.</summary>
    public WireId Remember(string text)
    {
        var id = WireId.Of(text);
        lock (_names)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_names, id, out _) ??= text;
        }
        return id;
    }

    /// <summary>The text behind an id, or its hash when unknown.</summary>
    public string Find(WireId id)
    {
        lock (_names)
        {
            return _names.TryGetValue(id, out var text) ? text : id.ToString();
        }
    }
}
