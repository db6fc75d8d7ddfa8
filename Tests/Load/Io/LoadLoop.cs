using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Io;

/// <summary>What a timer of the loop wakes.</summary>
public interface ITimed
{
    /// <summary>The time has come.</summary>
    /// <param name="due">When it was due, in microseconds of <see cref="WireClock"/>.</param>
    /// <param name="tag">What the timer was set with.</param>
    void OnTime(long due, int tag);
}

/// <summary>
/// The one thread on which all sockets, timers and virtual users of a run live, so that none of them needs a lock. Its
/// busy share is part of every report: near 1 the figures would be the tester's, not the server's.
/// </summary>
public sealed unsafe class LoadLoop : IDisposable
{
    private const int MostEvents = 512;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte* _events;
    private readonly List<WebSocketConnection?> _connections = [null];
    private readonly Stack<int> _free = new();
    private readonly List<int> _freed = [];
    private readonly PriorityQueue<(ITimed Target, int Tag), long> _timers = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private int _waking;

    /// <summary>Starts the loop's thread.</summary>
    public LoadLoop()
    {
        _epoll = Check(Native.EpollCreate(0x80000), "epoll_create1");
        _wake = Check(Native.EventDescriptor(0, 0x800 | 0x80000), "eventfd");
        _events = (byte*)NativeMemory.Alloc((nuint)(MostEvents * Native.EventBytes));
        Buffer = new byte[512 * 1024];
        Watch(_wake, 0, Native.In, Native.Add);
        _thread = new Thread(Run) { IsBackground = true, Name = "load" };
        _thread.Start();
    }

    /// <summary>Completes when the loop's thread ends; fails with what ended it.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Microseconds of processor time that the loop has used. On the loop's thread only.</summary>
    public static long BusyMicros
    {
        get
        {
            var time = stackalloc long[2];
            Native.ClockGetTime(Native.ThreadCpuTime, time);
            return (time[0] * 1_000_000) + (time[1] / 1_000);
        }
    }

    /// <summary>What sockets read into; on the loop's thread only.</summary>
    internal byte[] Buffer { get; }

    /// <summary>Runs something on the loop's thread. From any thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        if (Interlocked.Exchange(ref _waking, 1) == 0)
        {
            var one = 1UL;
            Native.Write(_wake, &one, sizeof(ulong));
        }
    }

    /// <summary>Runs something on the loop's thread and awaits its result.</summary>
    public Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        });
        return answer.Task;
    }

    /// <summary>Wakes a target at a time. On the loop's thread; timers are not cancelled, targets see that they are late.</summary>
    public void At(long due, ITimed target, int tag) => _timers.Enqueue((target, tag), due);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        Post(static () => { });
        _thread.Join();
        Native.Close(_epoll);
        Native.Close(_wake);
        NativeMemory.Free(_events);
    }

    internal int Register(WebSocketConnection connection, int descriptor, bool writing)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _connections.Count;
            _connections.Add(null);
        }
        _connections[slot] = connection;
        Watch(descriptor, slot, writing ? Native.In | Native.Out : Native.In, Native.Add);
        return slot;
    }

    internal void WatchWriting(int descriptor, int slot, bool writing) =>
        Watch(descriptor, slot, writing ? Native.In | Native.Out : Native.In, Native.Modify);

    // The slot is reused only after the events at hand, some of which may still name it.
    internal void Unregister(int slot)
    {
        _connections[slot] = null;
        _freed.Add(slot);
    }

    private static int Check(int result, string what) =>
        result >= 0 ? result : throw new InvalidOperationException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");

    private void Watch(int descriptor, int slot, uint events, int operation)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = events;
        *(ulong*)(entry + Native.EventData) = (uint)slot;
        Check(Native.EpollControl(_epoll, operation, descriptor, entry), "epoll_ctl");
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                Turn();
            }
            _ended.SetResult();
        }
        catch (Exception e)
        {
            _ended.SetException(e);
        }
    }

    private void Turn()
    {
        FireTimers(WireClock.Now);
        var wait = _timers.TryPeek(out _, out var due) ? Math.Max(0, due - WireClock.Now) : 1_000_000;
        var timeout = stackalloc long[2] { wait / 1_000_000, wait % 1_000_000 * 1_000 };
        var count = Native.EpollWait(_epoll, _events, MostEvents, timeout, null);
        for (var i = 0; i < count; i++)
        {
            var entry = _events + (i * Native.EventBytes);
            Handle((int)*(ulong*)(entry + Native.EventData), *(uint*)entry);
        }
        foreach (var slot in _freed)
        {
            _free.Push(slot);
        }
        _freed.Clear();
    }

    private void Handle(int slot, uint events)
    {
        if (slot != 0)
        {
            _connections[slot]?.OnEvents(events);
            return;
        }
        ulong count;
        Native.Read(_wake, &count, sizeof(ulong));
        Interlocked.Exchange(ref _waking, 0);
        while (_posted.TryDequeue(out var action))
        {
            action();
        }
    }

    private void FireTimers(long now)
    {
        // A bound, so that timers that fall due at once do not keep the sockets waiting.
        for (var i = 0; i < 256 && _timers.TryPeek(out var timer, out var due) && due <= now; i++)
        {
            _timers.Dequeue();
            timer.Target.OnTime(due, timer.Tag);
        }
    }
}
