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
    public void A_bound_for_once_leaves_the_others_alone()
    {
        var limiter = new AddressLimiter(3);
        var address = new AddressPrefix(1);
        Assert.False(limiter.TryEnter(address, 0));
        Assert.False(limiter.IsFull(address));
        Assert.True(limiter.TryEnter(address));
        Assert.False(limiter.TryEnter(address, 1));
        Assert.True(limiter.TryEnter(address));
        Assert.True(limiter.TryEnter(address));
        Assert.True(limiter.IsFull(address));
        Assert.False(limiter.IsFull(new AddressPrefix(2)));
    }

    [Fact]
    public void Of_an_address_some_are_served_some_told_and_the_rest_refused_before_that()
    {
        var admission = new AddressAdmission(2);
        var address = new AddressPrefix(1);
        var places = new List<AddressPlace>();
        while (!admission.IsFull(address))
        {
            places.Add(admission.Enter(address));
        }
        Assert.Equal(2, places.Count(place => place == AddressPlace.Served));
        Assert.Equal(AddressAdmission.ToldAtOnce, places.Count(place => place == AddressPlace.Told));
        Assert.Equal(AddressPlace.None, admission.Enter(address));
        Assert.False(admission.IsFull(new AddressPrefix(2)));

        admission.Leave(address, AddressPlace.None);
        Assert.True(admission.IsFull(address));
        admission.Leave(address, AddressPlace.Told);
        Assert.Equal(AddressPlace.Told, admission.Enter(address));
        admission.Leave(address, AddressPlace.Served);
        Assert.Equal(AddressPlace.Served, admission.Enter(address));
        Assert.True(admission.IsFull(address));
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
