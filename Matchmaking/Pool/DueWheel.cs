namespace Camdiv.Matchmaking;

/// <summary>
/// When which waiting ticket's situation changes by time alone (patience over, last partner acceptable again). A hashed
/// timing wheel (Varghese and Lauck, 1987): schedule and cancel in O(1), so cost does not grow with the pool.
/// </summary>
internal sealed class DueWheel
{
    private const int SlotMs = 50;
    private const int Slots = 512;

    private readonly Waiting?[] _heads = new Waiting?[Slots];
    private long _reachedTick;

    public DueWheel(long nowMs) => _reachedTick = nowMs / SlotMs;

    /// <summary>Schedules, replacing an earlier schedule of the same ticket.</summary>
    public void Schedule(Waiting waiting, long dueMs)
    {
        Cancel(waiting);
        // A slot already swept would come round a whole turn late, so the past is due in the next slot.
        var tick = Math.Max((dueMs + SlotMs - 1) / SlotMs, _reachedTick + 1);
        var slot = (int)(tick % Slots);
        waiting.DueMs = dueMs;
        waiting.DueSlot = slot;
        waiting.DueNext = _heads[slot];
        if (waiting.DueNext is { } next)
        {
            next.DuePrevious = waiting;
        }
        _heads[slot] = waiting;
    }

    public void Cancel(Waiting waiting)
    {
        if (waiting.DueSlot < 0)
        {
            return;
        }
        if (waiting.DuePrevious is { } previous)
        {
            previous.DueNext = waiting.DueNext;
        }
        else
        {
            _heads[waiting.DueSlot] = waiting.DueNext;
        }
        if (waiting.DueNext is { } next)
        {
            next.DuePrevious = waiting.DuePrevious;
        }
        waiting.DuePrevious = waiting.DueNext = null;
        waiting.DueSlot = -1;
        waiting.DueMs = long.MaxValue;
    }

    /// <summary>Moves all that is due by <paramref name="nowMs"/> into <paramref name="due"/>.</summary>
    public void Advance(long nowMs, List<Waiting> due)
    {
        var target = nowMs / SlotMs;
        // After a long pause one turn of the wheel sees every slot.
        for (var turns = 0; _reachedTick < target && turns < Slots; turns++)
        {
            _reachedTick++;
            for (var waiting = _heads[(int)(_reachedTick % Slots)]; waiting is not null;)
            {
                var next = waiting.DueNext;
                if (waiting.DueMs <= nowMs)
                {
                    Cancel(waiting);
                    waiting.Collected = true;
                    due.Add(waiting);
                }
                waiting = next;
            }
        }
        _reachedTick = Math.Max(_reachedTick, target);
    }
}
