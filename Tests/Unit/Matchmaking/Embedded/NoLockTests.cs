using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Embedded;

/// <summary>No lock is held while calling out: a link that blocks keeps nobody's call from returning.</summary>
public sealed class NoLockTests
{
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task BlockedLinkKeepsNobodyElseFromGoingOn()
    {
        using var script = new EmbeddedScript();
        var (ann, bob) = (await script.ComeAsync("ann"), await script.ComeAsync("bob"));
        var room = await script.MeetAsync(ann, bob);
        using var blocked = new BlockingLink();
        var stuck = Task.Run(() => script.Engine.ConnectAsync(new Arrival(new("eve"), false, null), blocked, default).AsTask());
        await blocked.Entered.WaitAsync(TooLong);

        // One thread sits in eve's Deliver and carries out effects; everyone else's calls return without it.
        var others = Task.Run(async () =>
        {
            var dan = script.Person("dan");
            var connecting = dan.ConnectAsync();
            dan.Start();
            dan.Connection.Stop();
            dan.Start(likes: ["chess"]);
            Assert.Equal(RelayOutcome.Delivered, ann.Send(room, "past the blocked one"));
            bob.Connection.Acknowledge(room);
            Assert.True(ann.Connection.IsInRoom(room));
            Assert.NotNull(await ann.Connection.ReportAsync(room, "why", default));
            Assert.Equal(4, (await script.Engine.GetStatsAsync(default)).Online);
            ann.Start();
            bob.Drop();
            script.Pass(1_000);
            return connecting;
        });
        var pending = await others.WaitAsync(TooLong);
        Assert.Equal($">{room}|past the blocked one", await bob.HearFrameAsync());
        Assert.False(stuck.IsCompleted, "the link was not blocked while the others went on");
        Assert.False(pending.IsCompleted, "an effect overtook the blocked one");

        blocked.Release();
        await stuck.WaitAsync(TooLong);
        await pending.WaitAsync(TooLong);
        await ann.HearSearchingAsync(requeued: false);
    }

    private sealed class BlockingLink : IClientLink, IDisposable
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        public Task Entered => _entered.Task;

        public bool IsAlive => true;

        public void Release() => _released.Set();

        public bool Deliver(ServerEvent message)
        {
            _entered.TrySetResult();
            Assert.True(_released.Wait(TooLong), "never released");
            return true;
        }

        public bool DeliverFrame(ReadOnlySpan<byte> frame) => true;

        public void Close(LinkCloseReason reason)
        {
        }

        public void Dispose() => _released.Dispose();
    }
}
