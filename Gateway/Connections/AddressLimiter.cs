using System.Runtime.InteropServices;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections;

/// <summary>Counts connections per network and refuses those above the bound.</summary>
internal sealed class AddressLimiter(int bound)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AddressPrefix, int> _counts = [];

    /// <summary>Takes a place for a connection; give it back with <see cref="Leave"/> when true.</summary>
    public bool TryEnter(AddressPrefix from)
    {
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, from, out _);
            if (count >= bound)
            {
                return false;
            }
            count++;
            return true;
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
