using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections;

/// <summary>What a WebSocket gets by its address.</summary>
internal enum AddressPlace
{
    /// <summary>It is one more than can even be told.</summary>
    None,

    /// <summary>It is told by its close code that there are too many.</summary>
    Told,

    /// <summary>It is served.</summary>
    Served,
}

/// <summary>
/// Bounds the WebSockets of an address. A page cannot read the status of a refused handshake, but a close code; so a few at
/// a time are upgraded to be told that way, and the rest are refused by status. Thread-safe.
/// </summary>
/// <param name="bound">WebSockets that are served of one address at once.</param>
internal sealed class AddressAdmission(int bound)
{
    internal const int ToldAtOnce = 4;

    private readonly AddressLimiter _served = new(bound);
    private readonly AddressLimiter _told = new(ToldAtOnce);

    /// <summary>Whether one more would get <see cref="AddressPlace.None"/>.</summary>
    public bool IsFull(AddressPrefix from) => _served.IsFull(from) && _told.IsFull(from);

    /// <summary>Takes a place; give it back with <see cref="Leave"/>.</summary>
    public AddressPlace Enter(AddressPrefix from) =>
        _served.TryEnter(from) ? AddressPlace.Served : _told.TryEnter(from) ? AddressPlace.Told : AddressPlace.None;

    /// <summary>Gives a place back.</summary>
    public void Leave(AddressPrefix from, AddressPlace place)
    {
        if (place == AddressPlace.Served)
        {
            _served.Leave(from);
        }
        else if (place == AddressPlace.Told)
        {
            _told.Leave(from);
        }
    }
}
