using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Drivers;

/// <summary>
/// How virtual users reach a server: the product's protocol, the baseline's, a bare relay, or a cluster in this process.
/// Scenarios know this seam only, so that all of them see the same work.
/// </summary>
public interface ILoadDriver
{
    /// <summary>What is driven, for reports.</summary>
    string Name { get; }

    /// <summary>Whether it pairs and relays only, so that scenarios with search, next or resume make no sense.</summary>
    bool RelayOnly { get; }

    /// <summary>A client that is not connected yet.</summary>
    /// <param name="events">Who hears of it, on the loop's thread.</param>
    /// <param name="log">Where it notes what the invariant checker reads.</param>
    ILoadClient Create(ILoadEvents events, ClientLog log);
}

/// <summary>One client of a driver. All members are called on the loop's thread.</summary>
public interface ILoadClient
{
    /// <summary>Connects; with the session of an earlier connection if there was one.</summary>
    void Open();

    /// <summary>Looks for a stranger, or for the next one.</summary>
    void Start(string chat, string? interest = null);

    /// <summary>Leaves queue or room.</summary>
    void Stop();

    /// <summary>Sends a payload to the peer. Plain ASCII without quotes or backslashes, so that every protocol can carry it.</summary>
    void Relay(ReadOnlySpan<byte> payload);

    /// <summary>Cuts the connection.</summary>
    void Drop();

    /// <summary>Closes in order.</summary>
    void Close();
}

/// <summary>Where a client stands when it is connected.</summary>
public enum Standing
{
    /// <summary>Neither searching nor in a room.</summary>
    Idle,

    /// <summary>Still in the queue it was in before.</summary>
    Searching,

    /// <summary>Still in the room it was in before.</summary>
    InRoom,
}

/// <summary>What a client is told. All members are called on the loop's thread.</summary>
public interface ILoadEvents
{
    /// <summary>It is connected and known to the server.</summary>
    void OnReady(Standing standing);

    /// <summary>Nobody is there yet.</summary>
    void OnSearching(bool requeued);

    /// <summary>A stranger is found.</summary>
    /// <param name="initiator">Whether this side makes the offer.</param>
    /// <param name="room">The room both are told of; none where the server names none.</param>
    void OnMatched(bool initiator, WireId room);

    /// <summary>The peer left.</summary>
    void OnPeerLeft();

    /// <summary>A payload of the present peer came.</summary>
    void OnFrame(ReadOnlySpan<byte> payload);

    /// <summary>The server complained.</summary>
    void OnError(string code);

    /// <summary>The connection ended without the client's doing.</summary>
    void OnClosed(int? code, string? fault);
}
