using Camdiv.Tests.Load.Scenarios;

namespace Camdiv.Tests.Gateway.Load;

/// <summary>Who of those left over at the end of a wave was overlooked by the server, and who waits with good reason.</summary>
public sealed class StampedeTests
{
    private readonly Dictionary<string, string> _last = [];

    [Fact]
    public void Nobody_or_one_alone_is_overlooked_by_nobody()
    {
        Assert.Empty(Overlooked());
        Assert.Empty(Overlooked("a"));
    }

    [Fact]
    public void The_last_two_of_a_wave_may_have_met_in_the_wave_before()
    {
        Met("a", "b");
        Assert.Empty(Overlooked("a", "b"));
    }

    [Fact]
    public void One_who_was_the_last_of_the_other_is_enough()
    {
        _last["a"] = "b";
        _last["b"] = "c";
        Assert.Empty(Overlooked("a", "b"));
    }

    [Fact]
    public void Two_strangers_are_overlooked()
    {
        Met("a", "x");
        Met("b", "y");
        Assert.Equal([("a", "b")], Overlooked("a", "b"));
        Assert.Equal([("c", "d")], Overlooked("c", "d"));
    }

    [Fact]
    public void Each_is_named_once()
    {
        Met("a", "b");
        Assert.Equal([("a", "c")], Overlooked("a", "b", "c"));
        Assert.Equal([("a", "c"), ("b", "d")], Overlooked("a", "b", "c", "d"));
    }

    private void Met(string one, string other) => (_last[one], _last[other]) = (other, one);

    private (string, string)[] Overlooked(params string[] left) =>
        [.. StampedeScenario.Overlooked(left, user => _last.GetValueOrDefault(user))];
}
