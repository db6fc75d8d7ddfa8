using System.Runtime.InteropServices;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections;

/// <summary>Counts connections per network and refuses those above the bound. Thread-safe.</summary>
internal sealed class AddressLimiter(int bound)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AddressPrefix, int> _counts = [];

    /// <summary>Takes a place for a connection; give it back with <see cref="Leave"/> when true.</summary>
    public bool TryEnter(AddressPrefix from) => TryEnter(from, bound);

    /// <summary>As <see cref="TryEnter(AddressPrefix)"/>, with a bound for this time.</summary>
    public bool TryEnter(AddressPrefix from, int bound)
    {
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, from, out _);
            if (count < bound)
            {
                count++;
                return true;
            }
            if (count == 0)
            {
                _counts.Remove(from);
            }
            return false;
        }
    }

    /// <summary>Whether a network has no place left.</summary>
    public bool IsFull(AddressPrefix from)
    {
        lock (_gate)
        {
            return _counts.GetValueOrDefault(from) >= bound;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(AddressPrefix from)
    {
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, from);
            if (--count == 0)
            {
                _counts.Remove(from);
            }
        }
    }
}
