using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Rooms;

/// <summary>Frames that a gateway sends again because an answer was lost are taken once.</summary>
public sealed class RelayNumbersTests
{
    private readonly RelayInbox _inbox = New();

    [Fact]
    public void A_number_is_taken_once_and_an_older_one_not_at_all()
    {
        Assert.Equal(RelayOutcome.Kept, Send(_inbox, 5));
        Assert.Equal(RelayOutcome.Delivered, Send(_inbox, 5));
        Assert.Equal(RelayOutcome.Delivered, Send(_inbox, 4));
        Assert.Equal(RelayOutcome.Kept, Send(_inbox, 7));
        Assert.Equal(["5", "7"], Kept(_inbox));
    }

    [Fact]
    public void The_next_gateway_knows_what_the_last_one_took()
    {
        Send(_inbox, 5);
        var next = New();
        var kept = _inbox.CloseAndTake();
        next.Preload(kept, _inbox.Heard);
        Send(next, 5);
        Send(next, 6);
        Assert.Equal(["5", "6"], Kept(next));
    }

    [Fact]
    public void A_closed_inbox_takes_no_number()
    {
        _inbox.Close();
        Assert.Equal(RelayOutcome.Stale, Send(_inbox, 5));
        Assert.Equal(0, _inbox.Heard);
    }

    [Fact]
    public void Frames_of_a_neighbour_carry_no_number()
    {
        Send(_inbox, 5);
        Assert.Equal(RelayOutcome.Kept, _inbox.Accept("here"u8));
        Assert.Equal(["5", "here"], Kept(_inbox));
    }

    private static RelayInbox New() => new(new RoomId("room"), 64, 1_000, new RelayCounters());

    private static RelayOutcome Send(RelayInbox inbox, int number) => inbox.Accept(Encoding.ASCII.GetBytes($"{number}"), number);

    private static string[] Kept(RelayInbox inbox) => Array.ConvertAll(inbox.CloseAndTake(), Encoding.ASCII.GetString);
}
