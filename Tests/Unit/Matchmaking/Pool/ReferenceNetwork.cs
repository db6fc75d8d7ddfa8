using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>What the reference remembers of one network: the same rules, counted by hand.</summary>
internal sealed class ReferenceNetwork(NetworkRules rules)
{
    private readonly List<(UserId User, long UntilMs)> _spent = [];
    private readonly List<long> _failuresEndMs = [];
    private int _unproven;
    private long _nextEndMs;
    private long _lastMatchMs;
    private long _pausedUntilMs;

    /// <summary>Whether one more may be offered beside those that are.</summary>
    public bool HasPlace(int offered, long nowMs)
    {
        var most = nowMs < _pausedUntilMs ? 0 : Failures(nowMs) > 0 ? 1 : rules.Places;
        return offered + _spent.Count(match => match.UntilMs > nowMs) < most;
    }

    public void Spend(UserId user, long nowMs)
    {
        _unproven = nowMs >= _lastMatchMs + Network.DecayMs ? 0 : _unproven;
        _spent.Add((user, nowMs + rules.Hold(_unproven++)));
        _lastMatchMs = nowMs;
    }

    public void Judge(UserId user, bool good, long nowMs)
    {
        _spent.RemoveAll(match => match.User == user);
        var failures = Failures(nowMs);
        if (good)
        {
            _failuresEndMs.RemoveRange(0, failures - (failures / 2));
            Restart(_failuresEndMs.Count > 0 ? _nextEndMs : 0);
            _unproven = 0;
        }
        else if (nowMs >= _pausedUntilMs)
        {
            _failuresEndMs.Add(0);
            _pausedUntilMs = nowMs + NetworkRules.Pause(rules.PauseMs, failures + 1);
            Restart(_pausedUntilMs + Network.DecayMs);
        }
    }

    private int Failures(long nowMs)
    {
        _failuresEndMs.RemoveAll(endMs => endMs <= nowMs);
        _nextEndMs = _failuresEndMs.Count > 0 ? _failuresEndMs[0] : 0;
        return _failuresEndMs.Count;
    }

    // One goes at a time, a minute after the other.
    private void Restart(long firstMs)
    {
        for (var i = 0; i < _failuresEndMs.Count; i++)
        {
            _failuresEndMs[i] = firstMs + (i * (long)Network.DecayMs);
        }
    }
}
