namespace Camdiv.Tests.Load.Scenarios;

/// <summary>
/// Who waits in the server's queue as far as the tester knows, so that each search can be told apart by whether a partner
/// was there. A search that found one counts it as taken at once: the next search must not count on the same stranger.
/// </summary>
internal sealed class WaitingUsers
{
    private readonly HashSet<VirtualUser> _waiting = [];
    private int _taken;

    public int Count => _waiting.Count;

    public void Add(VirtualUser user) => _waiting.Add(user);

    public void Remove(VirtualUser user) => _waiting.Remove(user);

    public bool TryTakeFor(VirtualUser user)
    {
        var free = _waiting.Count - _taken;
        if (free <= 0 || (free == 1 && user.LastPeer is { } last && _waiting.Contains(last)))
        {
            return false;
        }
        _taken++;
        return true;
    }

    public void Settle() => _taken--;
}
