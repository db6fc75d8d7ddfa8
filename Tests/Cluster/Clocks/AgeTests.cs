using Camdiv.Grains;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Camdiv.Tests.Cluster.Clocks;

/// <summary>What leaves one process by Orleans' serializer and comes into another whose clock is 5 s behind.</summary>
public sealed class AgeTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Process _here;
    private readonly Process _there;

    public AgeTests()
    {
        _here = new Process(_time);
        _there = new Process(new ShiftedTimeProvider(_time, TimeSpan.FromSeconds(-5)));
    }

    [Fact]
    public void A_ticket_has_waited_as_long_and_avoids_for_as_long()
    {
        var now = _here.Clock.NowMs;
        var ticket = new Ticket
        {
            Id = 1,
            User = new("user"),
            Host = new("host"),
            Request = SearchRequest.ForAnyone(ChatType.Audio),
            SinceMs = now - 2_000,
            Avoid = new("peer"),
            AvoidUntilMs = now + 8_000,
        };
        var batch = new QueueBatch { Host = ticket.Host, Operations = [new() { Ticket = ticket, User = ticket.User, TicketId = 1 }] };
        var arrived = Send(batch, onTheWayMs: 3).Operations[0].Ticket!;
        Assert.InRange(_there.Clock.NowMs - arrived.SinceMs, 1_999, 2_000);
        Assert.Equal(8_000, arrived.AvoidUntilMs - _there.Clock.NowMs);
        Assert.Equal(
            ticket with { SinceMs = 0, AvoidUntilMs = 0, Request = arrived.Request },
            arrived with { SinceMs = 0, AvoidUntilMs = 0 });
    }

    [Fact]
    public void A_copy_of_a_session_says_the_same_after_it_has_lain_in_the_directory()
    {
        var now = _here.Clock.NowMs;
        var search = new TicketSnapshot { Interests = ["chess"], Languages = ["en"], SinceMs = now - 60_000 };
        var copy = new SessionSnapshot
        {
            User = "user",
            Ticket = search,
            LastPartner = "peer",
            LastRoom = "room",
            LastEndedAtMs = now - 70_000,
            Room = new RoomSnapshot { Room = "r", Peer = "p", Seat = "s", PeerSeat = "t", PeerHost = "h", Common = [], Search = search, AckDeadlineMs = now - 57_000 },
        };
        var lies = Send(new DirectoryEntry { User = new("user"), Held = true, Snapshot = copy }, 3).Snapshot!;
        _time.Advance(TimeSpan.FromMinutes(1));
        var back = _here.Read<Whereabouts>(_there.Write(new Whereabouts { Snapshot = lies })).Snapshot!;

        Assert.InRange(back.Ticket!.SinceMs - copy.Ticket.SinceMs, 3, 5);
        Assert.InRange(back.Room!.Search.SinceMs - search.SinceMs, 3, 5);
        Assert.InRange(back.Room.AckDeadlineMs - copy.Room.AckDeadlineMs, 3, 3);
        Assert.InRange(back.LastEndedAtMs - copy.LastEndedAtMs, 3, 5);
    }

    [Fact]
    public void Who_had_no_partner_has_none()
    {
        var arrived = Send(new DirectoryEntry { User = new("user"), Snapshot = new SessionSnapshot { User = "user" } }, 3);
        Assert.Equal((null, 0), (arrived.Snapshot!.LastRoom, arrived.Snapshot.LastEndedAtMs));
    }

    private T Send<T>(T message, int onTheWayMs)
    {
        var bytes = _here.Write(message);
        _time.Advance(TimeSpan.FromMilliseconds(onTheWayMs));
        return _there.Read<T>(bytes);
    }

    private sealed class Process
    {
        private readonly Serializer _serializer;

        public Process(TimeProvider time)
        {
            Clock = new Clock(time);
            _serializer = new ServiceCollection()
                .AddSingleton(Clock)
                .AddSerializer(serializer => serializer.AddAssembly(typeof(QueueBatch).Assembly))
                .BuildServiceProvider()
                .GetRequiredService<Serializer>();
        }

        public Clock Clock { get; }

        public byte[] Write<T>(T message) => _serializer.SerializeToArray(message);

        public T Read<T>(byte[] bytes) => _serializer.Deserialize<T>(bytes)!;
    }
}
