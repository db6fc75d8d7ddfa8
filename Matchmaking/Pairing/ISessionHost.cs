namespace Camdiv.Matchmaking;

/// <summary>
/// A gateway's sessions as the pairing handshake sees them; local, or behind a network. Batches, because the calls and
/// not the work are what a match costs. Every operation is named by its room id, so repeating one is harmless.
/// </summary>
public interface ISessionHost
{
    /// <summary>Steps 1 and 2, check and commit: alive, still waiting on that ticket, not excluded; then held for the room.</summary>
    /// <returns>One answer per offer, in order.</returns>
    ValueTask<bool[]> ReserveAsync(IReadOnlyList<Offer> offers);

    /// <summary>Step 3, recheck: still alive and still held for that room.</summary>
    /// <returns>One answer per offer, in order.</returns>
    ValueTask<bool[]> RecheckAsync(IReadOnlyList<Offer> offers);

    /// <summary>The end of the attempt: tells the users, or lets the survivors go back to the front.</summary>
    ValueTask ConcludeAsync(IReadOnlyList<Verdict> verdicts);
}

/// <summary>Finds the host of a session.</summary>
public interface ISessionHosts
{
    /// <summary>The host, or null when no such gateway is known any more.</summary>
    ISessionHost? Find(HostId host);
}
