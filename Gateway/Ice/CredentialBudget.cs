using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Ice;

/// <summary>
/// How many identities of one network are given TURN credentials within an hour. The TURN server's quota is by user, so
/// what one address may hold there is this number times that quota; an identity that asks again holds no more by it.
/// </summary>
/// <param name="perHour">Identities; above 0.</param>
/// <param name="time">Time.</param>
internal sealed class CredentialBudget(int perHour, TimeProvider time)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly RequestBudget<AddressPrefix> _networks = new(perHour, Hour, time);
    private readonly RequestBudget<(AddressPrefix From, UserId User)> _holders = new(1, Hour, time);

    /// <summary>Whether the identity may be given credentials now.</summary>
    /// <param name="from">Its network.</param>
    /// <param name="user">The identity.</param>
    /// <param name="retryAfter">When the network may be given the next ones, if not now.</param>
    public bool TryTake(AddressPrefix from, UserId user, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (_holders.IsSpent((from, user)))
        {
            return true;
        }
        // Two requests of one identity at once may cost its network two.
        if (!_networks.TryTake(from, out retryAfter))
        {
            return false;
        }
        _holders.TryTake((from, user), out _);
        return true;
    }
}
