using System.Runtime.InteropServices;

namespace Camdiv.Matchmaking;

/// <summary>
/// The bytes of frames kept for people who are away, over all rooms of the process. Bounded over all, and to an eighth of
/// that for the people of one network: what one address has sent to itself takes nobody else's room. Thread-safe; asked
/// only when a frame is kept, never when one is passed on.
/// </summary>
/// <param name="most">Most bytes over all.</param>
public sealed class KeptFrames(long most)
{
    /// <summary>The people of one network may hold this part of all.</summary>
    public const int Shares = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<AddressPrefix, long> _byPrefix = [];
    private long _bytes;

    /// <summary>Bytes kept at the moment.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes room for a frame; give it back with <see cref="Release"/> when true.</summary>
    /// <param name="owner">The network of the person it is kept for; none for nobody's, which has no share to keep to.</param>
    /// <param name="bytes">Its length.</param>
    public bool TryTake(AddressPrefix owner, int bytes)
    {
        lock (_gate)
        {
            if (_bytes + bytes > most)
            {
                return false;
            }
            if (!owner.IsNone)
            {
                ref var share = ref CollectionsMarshal.GetValueRefOrAddDefault(_byPrefix, owner, out _);
                if (share + bytes > most / Shares)
                {
                    Drop(owner, share);
                    return false;
                }
                share += bytes;
            }
            _bytes += bytes;
            return true;
        }
    }

    /// <summary>Gives room back.</summary>
    public void Release(AddressPrefix owner, int bytes)
    {
        if (bytes == 0)
        {
            return;
        }
        lock (_gate)
        {
            _bytes -= bytes;
            if (!owner.IsNone)
            {
                ref var share = ref CollectionsMarshal.GetValueRefOrNullRef(_byPrefix, owner);
                share -= bytes;
                Drop(owner, share);
            }
        }
    }

    private void Drop(AddressPrefix owner, long share)
    {
        if (share == 0)
        {
            _byPrefix.Remove(owner);
        }
    }
}
