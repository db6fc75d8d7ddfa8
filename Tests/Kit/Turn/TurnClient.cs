using System.Net;

namespace Camdiv.Tests.Kit.Turn;

/// <summary>What a TURN server said to a request for an allocation.</summary>
/// <param name="Error">Null when it was granted, else the error code: 401 for a credential that is wrong or expired.</param>
/// <param name="LifetimeSeconds">How long the allocation lives, when granted.</param>
public readonly record struct TurnAnswer(int? Error, int? LifetimeSeconds);

/// <summary>Asks a TURN server for an allocation over UDP (RFC 8656), to see whether it takes a credential.</summary>
public static class TurnClient
{
    /// <summary>Makes the two round trips of an allocation with a long-term credential.</summary>
    public static async Task<TurnAnswer> AllocateAsync(IPEndPoint server, string username, string credential)
    {
        try
        {
            using var held = await TurnAllocation.OpenAsync(server, new TurnCredential(username, credential));
            return new TurnAnswer(null, held.LifetimeSeconds);
        }
        catch (TurnRefusedException refused)
        {
            return new TurnAnswer(refused.Error, null);
        }
    }
}
