using System.Runtime.CompilerServices;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// Virtual time, chance and the order of everything that happens: one queue of events, one thread, one seed. The same
/// seed gives the same world, event for event.
/// </summary>
internal sealed class VirtualWorld
{
    private readonly PriorityQueue<Action, (long Ms, long Order)> _events = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _order;

    public VirtualWorld(int seed)
    {
        Random = new Random(seed);
        Trace = new Trace(this);
    }

    public ManualTimeProvider Time { get; } = new();

    public Random Random { get; }

    public Trace Trace { get; }

    public long NowMs => Time.GetTimestamp() / TimeSpan.TicksPerMillisecond;

    /// <summary>Grows with every call: tells apart what happened within one millisecond.</summary>
    public long NextStep() => ++_order;

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public void After(int ms, Action action)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("Something left the simulation's thread; it would not replay.");
        }
        _events.Enqueue(action, (NowMs + ms, NextStep()));
    }

    /// <summary>To be awaited: continues as an event of this world, never on the thread pool.</summary>
    public VirtualDelay Delay(int ms) => new(this, ms);

    /// <summary>Lets <paramref name="ms"/> go by, event after event.</summary>
    public void Run(int ms)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new EventContext(this));
        try
        {
            var end = NowMs + ms;
            while (true)
            {
                var next = _events.TryPeek(out _, out var at) ? at.Ms : long.MaxValue;
                var timer = Time.UntilNextTimer is { } wait ? NowMs + (long)wait.TotalMilliseconds : long.MaxValue;
                if (Math.Min(next, timer) > end)
                {
                    break;
                }
                if (timer <= next)
                {
                    Time.AdvanceToNextTimer();
                }
                else
                {
                    AdvanceTo(next);
                    _events.Dequeue()();
                }
            }
            AdvanceTo(end);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void AdvanceTo(long ms)
    {
        if (ms > NowMs)
        {
            Time.Advance(TimeSpan.FromMilliseconds(ms - NowMs));
        }
    }

    internal readonly struct VirtualDelay(VirtualWorld world, int ms) : INotifyCompletion
    {
        public bool IsCompleted => false;

        public VirtualDelay GetAwaiter() => this;

        public void OnCompleted(Action continuation) => world.After(ms, continuation);

        public void GetResult()
        {
        }
    }

    private sealed class EventContext(VirtualWorld world) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback callback, object? state) => world.After(0, () => callback(state));

        public override void Send(SendOrPostCallback callback, object? state) => callback(state);
    }
}
