using Camdiv.Gateway.Connections;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Gateway.Connections;

public sealed class LimiterTests
{
    [Fact]
    public void An_address_has_so_many_places_and_gets_them_back()
    {
        var limiter = new AddressLimiter(2);
        var address = new AddressPrefix(1);
        Assert.True(limiter.TryEnter(address));
        Assert.True(limiter.TryEnter(address));
        Assert.False(limiter.TryEnter(address));
        Assert.True(limiter.TryEnter(new AddressPrefix(2)));
        limiter.Leave(address);
        Assert.True(limiter.TryEnter(address));
        Assert.False(limiter.TryEnter(address));
    }

    [Fact]
    public void A_frame_budget_allows_a_burst_then_the_rate()
    {
        var time = new ManualTimeProvider();
        var budget = new FrameBudget(50, 200, time);
        Assert.Equal(200, Enumerable.Range(0, 300).Count(_ => budget.TryTake()));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(50, Enumerable.Range(0, 300).Count(_ => budget.TryTake()));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, Enumerable.Range(0, 300).Count(_ => budget.TryTake()));
    }

    [Theory]
    [InlineData(15_000, 30_000, 10_000)]
    [InlineData(1_000, 2_000, 666)]
    public void Silence_is_noticed_within_its_bound(int interval, int silence, int timeout) => Assert.Equal(
        timeout,
        WebSocketEndpoint.PongTimeout(new() { PingIntervalMs = interval, SilenceTimeoutMs = silence }).TotalMilliseconds);
}
