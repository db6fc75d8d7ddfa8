using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Matchmaking.Embedded;

/// <summary>Two threads that finish at the same moment leave no effect behind for a third call to carry out.</summary>
public sealed class DrainTests
{
    private const int Rounds = 60_000;
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task NothingWaitsForAnotherCall()
    {
        using var engine = new EmbeddedMatchmaker(new MatchmakingOptions(), new ManualTimeProvider(), new NoSink());
        var links = new[] { new CountingLink(), new CountingLink() };
        var connections = new IUserConnection[links.Length];
        for (var i = 0; i < links.Length; i++)
        {
            connections[i] = await engine.ConnectAsync(new Arrival(new UserId($"u{i}"), false, null), links[i], default);
        }
        using var barrier = new Barrier(2);
        var late = 0;
        void Press(int who, ChatType chat)
        {
            for (var round = 1; round <= Rounds; round++)
            {
                Assert.True(barrier.SignalAndWait(TooLong), "the other thread never came");
                connections[who].Start(SearchRequest.ForAnyone(chat));
                Assert.True(barrier.SignalAndWait(TooLong), "the other thread never came");
                // Both calls have returned: each answer is there, whichever of the two threads brought it.
                if (Volatile.Read(ref links[who].Told) != round + 1)
                {
                    Interlocked.Increment(ref late);
                    links[who].Told = round + 1;
                }
                connections[who].Stop();
            }
        }
        var other = Task.Factory.StartNew(() => Press(1, ChatType.Audio), TaskCreationOptions.LongRunning);
        Press(0, ChatType.Video);
        await other.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        Assert.Equal(0, late);
    }

    private sealed class NoSink : IReportSink
    {
        public ValueTask WriteAsync(Report report, CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class CountingLink : IClientLink
    {
        public int Told;

        public bool IsAlive => true;

        public bool Deliver(ServerEvent message)
        {
            Interlocked.Increment(ref Told);
            return true;
        }

        public bool DeliverFrame(ReadOnlySpan<byte> frame) => true;

        public void Close(LinkCloseReason reason)
        {
        }
    }
}
