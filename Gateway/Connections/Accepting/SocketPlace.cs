using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections.Accepting;

/// <summary>What a socket holds from its acceptance on; a feature of its connection. Thread-safe.</summary>
/// <param name="admission">Who gave it.</param>
/// <param name="from">The address in whose share it is; none: in nobody's.</param>
internal sealed class SocketPlace(SocketAdmission admission, AddressPrefix from)
{
    private int _isPending = from.IsNone ? 0 : 1;

    /// <summary>The socket is a WebSocket from now on, which is counted elsewhere. Later calls do nothing.</summary>
    public void BecomesWebSocket()
    {
        if (Interlocked.Exchange(ref _isPending, 0) != 0)
        {
            admission.LeavePending(from);
        }
    }

    /// <summary>The socket is closed; called once.</summary>
    public void Leave()
    {
        BecomesWebSocket();
        admission.GiveRoomBack();
    }
}
