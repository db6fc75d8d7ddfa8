namespace Camdiv.Matchmaking;

/// <summary>
/// The people of one network in one pool, as far as they have not proved themselves. A few of their tickets are offered to
/// everybody; each match with somebody elsewhere uses its place up for a while, or until it proves the user. A failure
/// takes all of them out for a pause, after which one place at a time is tried until somebody proves good. The rest is
/// held: in an index of its own, where neighbours find each other, so that a school behind one address meets at once
/// and only its way to others is narrow. Whoever has proved good is not bounded by any of this.
/// </summary>
internal sealed class Network(WaitingSpares spares)
{
    /// <summary>Time without a failure that takes one failure off, and without a match that forgets unproven ones, in ms.</summary>
    public const int DecayMs = 60_000;

    private readonly List<(UserId User, long UntilMs)> _spent = [];
    private WaitingIndex? _index;
    private int _offered;
    private int _failures;
    private int _unproven;
    private long _pausedUntilMs;
    private long _failureDecaysMs;
    private long _unprovenDecaysMs;

    /// <summary>Whose people these are; an idle one is used again for another.</summary>
    public AddressPrefix Prefix { get; set; }

    /// <summary>Tickets that only neighbours may be paired with, longest waiting first.</summary>
    public WaitingList Held { get; } = new();

    /// <summary>Tickets that everybody may be paired with.</summary>
    public WaitingList Offered { get; } = new();

    /// <summary>Where neighbours find the held.</summary>
    public WaitingIndex Index => _index ??= new WaitingIndex(spares);

    /// <summary>Whether the pool's line of networks with held tickets names this one.</summary>
    public bool InLine;

    /// <summary>Whether one more ticket may be offered.</summary>
    public bool HasPlace(in NetworkRules rules, long nowMs)
    {
        Decay(nowMs);
        var places = nowMs < _pausedUntilMs ? 0 : _failures > 0 ? 1 : rules.Places;
        return _offered + _spent.Count < places;
    }

    /// <summary>Whether there is nothing to remember.</summary>
    public bool IsIdle(long nowMs)
    {
        Decay(nowMs);
        return nowMs >= _pausedUntilMs && Held.IsEmpty && _offered == 0 && _spent.Count == 0 && _failures == 0 && _unproven == 0;
    }

    public void Enter(Waiting waiting, bool offered)
    {
        (offered ? Offered : Held).Insert(waiting.Place);
        _offered += offered ? 1 : 0;
    }

    public void Leave(Waiting waiting)
    {
        _offered -= waiting.Place.List == Offered ? 1 : 0;
        waiting.Place.List!.Remove(waiting.Place);
    }

    /// <summary>A user was paired with somebody of another network.</summary>
    public void Spend(UserId user, in NetworkRules rules, long nowMs)
    {
        Decay(nowMs);
        _spent.Add((user, nowMs + rules.Hold(_unproven)));
        _unproven++;
        _unprovenDecaysMs = nowMs + DecayMs;
    }

    public void Prove(UserId user, long nowMs)
    {
        Decay(nowMs);
        GiveBack(user);
        _failures /= 2;
        _unproven = 0;
    }

    public void Fail(UserId user, in NetworkRules rules, long nowMs)
    {
        Decay(nowMs);
        GiveBack(user);
        // What began before the pause is of the same round: one failure, however many fell for it.
        if (nowMs >= _pausedUntilMs)
        {
            _failures++;
            _pausedUntilMs = nowMs + NetworkRules.Pause(rules.PauseMs, _failures);
            _failureDecaysMs = _pausedUntilMs + DecayMs;
        }
    }

    private void GiveBack(UserId user)
    {
        for (var i = _spent.Count - 1; i >= 0; i--)
        {
            if (_spent[i].User == user)
            {
                _spent.RemoveAt(i);
            }
        }
    }

    private void Decay(long nowMs)
    {
        for (var i = _spent.Count - 1; i >= 0; i--)
        {
            if (_spent[i].UntilMs <= nowMs)
            {
                _spent.RemoveAt(i);
            }
        }
        for (; _failures > 0 && nowMs >= _failureDecaysMs; _failureDecaysMs += DecayMs)
        {
            _failures--;
        }
        if (nowMs >= _unprovenDecaysMs)
        {
            _unproven = 0;
        }
    }
}
