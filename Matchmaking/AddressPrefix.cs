namespace Camdiv.Matchmaking;

/// <summary>
/// What one subscriber's network has in common: the IPv4 address, or the /56 of an IPv6 address. Known by a keyed hash
/// that is equal on all gateways of one cluster, so that an address itself goes nowhere.
/// </summary>
/// <param name="Value">The hash; 0 is no prefix: nothing is bounded by it.</param>
public readonly record struct AddressPrefix(ulong Value)
{
    /// <summary>Whether it stands for nobody's network.</summary>
    public bool IsNone => Value == 0;
}
