using Camdiv.Matchmaking;
using FsCheck;
using FsCheck.Fluent;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>The wheel gives back what is due, once, within a step of its time, however time moves.</summary>
public sealed class DueWheelTests
{
    private const long StartMs = 1_000_000_000_000;
    private const int StepMs = ReferencePool.StepMs;

    [Fact]
    public void NothingIsEarlyLateOrTwice() =>
        Prop.ForAll(
            (from kind in Gen.Choose(0, 3)
             from item in Gen.Choose(0, 9)
             from ms in Gen.Frequency((8, Gen.Choose(-100, 400)), (2, Gen.Choose(0, 120_000)))
             select (kind, item, ms)).ListOf(80).ToArbitrary(),
            Agrees).Check(Config.QuickThrowOnFailure.WithMaxTest(1_500).WithEndSize(80));

    [Fact]
    public void LongPauseLosesNothing()
    {
        var wheel = new DueWheel(StartMs);
        var items = Enumerable.Range(0, 1_000).Select(_ => new Waiting()).ToArray();
        for (var i = 0; i < items.Length; i++)
        {
            wheel.Schedule(items[i], StartMs + (i * 70));
        }
        var due = new List<Waiting>();
        wheel.Advance(StartMs + 10_000_000, due);
        Assert.Equal(items.Length, due.Distinct().Count());
        Assert.Equal(items.Length, due.Count);
    }

    private static bool Agrees(IList<(int Kind, int Item, int Ms)> operations)
    {
        var wheel = new DueWheel(StartMs);
        var items = Enumerable.Range(0, 10).Select(_ => new Waiting()).ToArray();
        var expected = new Dictionary<Waiting, (long Ms, long Step)>();
        var (now, reached) = (StartMs, StartMs / StepMs);
        var due = new List<Waiting>();
        foreach (var (kind, index, ms) in operations)
        {
            var item = items[index];
            switch (kind)
            {
                case 0 or 1:
                    wheel.Schedule(item, now + ms);
                    expected[item] = (now + ms, Math.Max((now + ms + StepMs - 1) / StepMs, reached + 1));
                    break;
                case 2:
                    wheel.Cancel(item);
                    expected.Remove(item);
                    break;
                default:
                    now += Math.Max(0, ms);
                    var wholeTurn = (now / StepMs) - reached >= ReferencePool.StepsPerTurn;
                    reached = Math.Max(reached, now / StepMs);
                    due.Clear();
                    wheel.Advance(now, due);
                    var wanted = expected
                        .Where(pair => pair.Value.Step <= reached || (wholeTurn && pair.Value.Ms <= now))
                        .Select(pair => pair.Key)
                        .ToHashSet();
                    Assert.Equal(wanted.Count, due.Count);
                    Assert.True(wanted.SetEquals(due));
                    due.ForEach(waiting => expected.Remove(waiting));
                    break;
            }
        }
        return true;
    }
}
