namespace Camdiv.Gateway.Connections.Handover;

/// <summary>
/// Passes a connection's heartbeat on until it is stopped. The server's own list of listeners cannot be left again and
/// would hold everything of HTTP for the connection's life. Thread-safe.
/// </summary>
internal sealed class HeartbeatRelay
{
    private List<(Action<object> Action, object State)>? _listeners = new(1);

    /// <summary>Adds a listener.</summary>
    public void Add(Action<object> action, object state)
    {
        lock (this)
        {
            _listeners?.Add((action, state));
        }
    }

    /// <summary>Calls the listeners.</summary>
    public void Beat()
    {
        lock (this)
        {
            if (_listeners is null)
            {
                return;
            }
            foreach (var (action, state) in _listeners)
            {
                action(state);
            }
        }
    }

    /// <summary>Forgets the listeners, and any that come later.</summary>
    public void Stop()
    {
        lock (this)
        {
            _listeners = null;
        }
    }
}
