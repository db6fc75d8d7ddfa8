using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Gateway.Checker;

/// <summary>Each planted violation is found, and what only looks like one is not.</summary>
public sealed class InvariantCheckerTests
{
    private readonly LogScript _script = new();

    [Fact]
    public void A_life_in_order_breaks_nothing()
    {
        var a = _script.Client("a").Start(1).Searching(2).Matched(10, "R1", "b", true).Ack(11, "R1");
        var b = _script.Client("b").Start(9).Matched(10, "R1", "a", false).Ack(11, "R1");
        a.Start(100).Searching(101).Matched(200, "R2", "c", true);
        b.Left(101, "R1").Stop(150);
        _script.Client("c").Start(199).Matched(200, "R2", "a", false).Drop(300);
        a.Away(1_300, "R2").Left(30_000, "R2", "gone");

        var report = _script.Check();

        Assert.True(report.Total == 0, report.Describe());
        Assert.Equal((3, 2, 4L), (report.Clients, report.Rooms, report.Matches));
    }

    [Fact]
    public void A_room_told_to_one_side_only_is_asymmetric()
    {
        _script.Client("a").Start(1).Matched(1_500, "R1", "b", true);
        _script.Client("b").Start(1).Searching(2);
        Only(Invariant.Symmetry, "nobody else heard");
    }

    [Fact]
    public void A_room_told_to_one_side_is_excused_when_the_other_drops()
    {
        _script.Client("a").Start(1).Matched(1_500, "R1", "b", true);
        _script.Client("b").Start(1).Searching(2).Drop(1_499);
        None();
    }

    [Fact]
    public void One_dropped_connection_excuses_one_room()
    {
        _script.Client("a").Start(1).Matched(1_500, "R1", "b", true);
        _script.Client("c").Start(1).Matched(1_500, "R2", "b", false);
        _script.Client("b").Start(1).Searching(2).Drop(1_499);
        Only(Invariant.Symmetry, "nobody else heard");
    }

    [Fact]
    public void Two_members_told_of_different_peers_are_asymmetric()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true);
        _script.Client("b").Start(1).Matched(5, "R1", "c", false);
        _script.Client("c");
        Only(Invariant.Symmetry, "was told with");
    }

    [Theory]
    [InlineData(true, true, "two initiators")]
    [InlineData(false, false, "no initiator")]
    [InlineData(false, true, "larger id")]
    public void The_initiator_is_one_and_the_smaller(bool a, bool b, string sentence)
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", a);
        _script.Client("b").Start(1).Matched(5, "R1", "a", b);
        Only(Invariant.Symmetry, sentence);
    }

    [Fact]
    public void A_peer_that_no_client_is_counts_in_a_closed_world()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "x", true);
        Only(Invariant.Symmetry, "nobody else heard");
        _script.Options = _script.Options with { ClosedWorld = false };
        None();
    }

    [Fact]
    public void A_second_match_without_leaving_the_first_is_not_exclusive()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Matched(9, "R2", "c", true);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false);
        _script.Client("c").Start(1).Matched(9, "R2", "a", false);
        Only(Invariant.Exclusivity, "which nobody left");
    }

    [Fact]
    public void A_third_member_is_not_exclusive()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false);
        _script.Client("c").Start(1).Matched(5, "R1", "a", false);
        Only(Invariant.Exclusivity, "the third");
    }

    [Fact]
    public void Searching_while_in_a_room_is_not_exclusive()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Searching(100, requeued: true).Stop(101);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false);
        Only(Invariant.Exclusivity, "searching while in room R1");
    }

    [Fact]
    public void A_match_with_oneself_is_found()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "a", true);
        Only(Invariant.Exclusivity, "with itself");
    }

    [Fact]
    public void A_match_with_a_blocked_user_is_found_from_the_blocker_s_log()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Block(50, "R1")
            .Start(60).Searching(61).Matched(9_000, "R2", "b", true);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false).Left(51, "R1", "stop")
            .Start(8_999).Matched(9_000, "R2", "a", false);
        Only(Invariant.Exclusivity, "whom it had blocked");
    }

    [Fact]
    public void A_match_after_stop_is_found_but_one_that_crossed_it_is_not()
    {
        _script.Client("b").Start(1).Matched(5, "R1", "c", true).Stop(6);
        _script.Client("c").Start(1).Stop(4).Matched(5, "R1", "b", false);
        None();
        _script.Client("a").Start(1).Searching(2).Stop(3).Matched(5_000, "R2", "d", true);
        _script.Client("d").Start(1).Matched(5_000, "R2", "a", false);
        Only(Invariant.Exclusivity, "though it had stopped");
    }

    [Fact]
    public void A_search_after_stop_is_found_but_one_that_crossed_it_begins_no_wait()
    {
        _script.Client("a").Start(1).Stop(2).Searching(3);
        _script.Client("b").Start(1).Searching(2);
        None();
        _script.Client("c").Start(1, 2).Searching(2, 2).Stop(3).Searching(9_000, 2, requeued: true);
        Only(Invariant.Exclusivity, "searching though it had stopped");
    }

    [Fact]
    public void A_stop_that_went_down_with_the_connection_is_void_when_the_server_says_searching()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Ack(6, "R1").Stop(1_000).Drop(1_005)
            .Connect(3_000, "searching").Matched(5_000, "R2", "c", true).Start(6_000).Searching(6_001);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false).Left(1_500, "R1", "unresponsive").Stop(1_501);
        _script.Client("c").Start(4_999).Matched(5_000, "R2", "a", false).Left(6_001, "R2");
        None();
    }

    [Fact]
    public void A_stop_that_went_down_with_the_connection_is_void_when_the_server_says_in_room()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Ack(6, "R1").Stop(1_000).Drop(1_005)
            .Connect(3_000, "in-room", "R1").Left(4_000, "R1", "unresponsive").Searching(4_001, requeued: true).Stop(4_100);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false).Left(4_000, "R1", "unresponsive");
        None();
    }

    [Fact]
    public void A_room_to_which_a_client_is_welcomed_back_is_not_being_left_by_the_void_stop()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Ack(6, "R1").Stop(1_000).Drop(1_005)
            .Connect(3_000, "in-room", "R1").Matched(9_000, "R2", "c", true);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false);
        _script.Client("c").Start(8_999).Matched(9_000, "R2", "a", false);
        Only(Invariant.Exclusivity, "which nobody left");
    }

    [Theory]
    [InlineData("searching", null, "welcomed searching though it had stopped")]
    [InlineData("in-room", "R1", "welcomed in room R1 though it had stopped")]
    public void A_stop_before_a_word_of_the_server_was_taken(string state, string? room, string sentence)
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Ack(6, "R1").Stop(1_000).Error(2_500).Drop(2_600)
            .Connect(3_000, state, room).Stop(3_001);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false);
        Only(Invariant.Exclusivity, sentence);
    }

    [Fact]
    public void A_stop_on_a_connection_that_lasts_on_was_taken()
    {
        _script.Client("a").Start(1).Searching(2).Stop(1_000).Drop(7_000).Connect(8_000, "searching").Stop(8_001);
        Only(Invariant.Exclusivity, "welcomed searching though it had stopped");
    }

    [Fact]
    public void A_stop_that_the_server_confirms_by_idle_holds_on_the_next_connection()
    {
        _script.Client("a").Start(1).Searching(2).Stop(1_000).Drop(1_005).Connect(3_000).Matched(5_000, "R1", "b", true);
        _script.Client("b").Start(4_999).Matched(5_000, "R1", "a", false);
        Only(Invariant.Exclusivity, "though it had stopped");
    }

    [Fact]
    public void A_start_that_crosses_a_match_explains_the_search_that_follows()
    {
        _script.Client("a").Start(1).Searching(2).Start(9).Matched(10, "R1", "b", true).Searching(11).Stop(12);
        _script.Client("b").Start(8).Matched(10, "R1", "a", false).Left(11, "R1").Stop(12);
        None();
    }

    [Fact]
    public void A_peer_gone_before_the_match_is_a_ghost()
    {
        _script.Client("a").Start(1).Matched(4_000, "R1", "b", true);
        _script.Client("b").Start(1).Searching(2).Drop(2_000);
        Only(Invariant.Ghost, "gone for 2.00 s");
    }

    [Fact]
    public void A_peer_that_came_back_before_the_match_is_no_ghost()
    {
        _script.Client("a").Start(1).Matched(4_000, "R1", "b", true);
        _script.Client("b").Start(1).Searching(2).Drop(2_000).Connect(3_900, "searching").Matched(4_000, "R1", "a", false);
        None();
    }

    [Fact]
    public void A_frame_of_an_earlier_room_is_stale()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Start(10).Matched(12, "R2", "c", true).StrayFrame(13, "R1");
        _script.Client("b").Start(1).Matched(5, "R1", "a", false).Left(11, "R1");
        _script.Client("c").Start(1).Matched(12, "R2", "a", false);
        Only(Invariant.Stale, "relay frame of room R1 while in room R2");
    }

    [Fact]
    public void An_event_of_an_earlier_room_is_stale()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Start(10).Matched(12, "R2", "c", true).Left(13, "R1");
        _script.Client("b").Start(1).Matched(5, "R1", "a", false).Left(11, "R1");
        _script.Client("c").Start(1).Matched(12, "R2", "a", false).Away(20, "R9");
        var report = _script.Check();
        Assert.Equal((2, 2), (report.Count(Invariant.Stale), report.Total));
    }

    [Fact]
    public void An_event_under_way_while_leaving_is_not_stale()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Start(10).Left(11, "R1").Searching(12).Stop(13);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false).Start(10).Searching(11).Stop(13);
        None();
    }

    [Fact]
    public void A_start_without_an_answer_strands()
    {
        _script.Client("a").Start(1);
        Only(Invariant.Stranded, "neither searching nor matched");
    }

    [Fact]
    public void A_start_answered_too_late_strands()
    {
        _script.Client("a").Start(1).Searching(6_000).Stop(6_001);
        Only(Invariant.Stranded, "for 6.0 s after start");
    }

    [Fact]
    public void A_survivor_that_is_not_put_back_strands()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Ack(6, "R1").Left(3_005, "R1", "unresponsive");
        _script.Client("b").Start(1).Matched(5, "R1", "a", false).Left(3_005, "R1", "unresponsive");
        Only(Invariant.Stranded, "not put back");
    }

    [Fact]
    public void Two_who_wait_side_by_side_are_stranded_unless_one_blocked_the_other()
    {
        _script.Client("a").Start(1).Searching(2);
        _script.Client("b").Start(100).Searching(101);
        Only(Invariant.Stranded, "beside a");
    }

    [Fact]
    public void Waits_for_other_chat_types_or_beside_a_blocked_user_are_in_order()
    {
        _script.Client("a").Start(1).Matched(5, "R1", "b", true).Block(6, "R1").Start(7).Searching(8);
        _script.Client("b").Start(1).Matched(5, "R1", "a", false).Left(7, "R1", "stop").Start(8).Searching(9);
        _script.Client("c").Start(1, 2).Searching(2, 2);
        None();
    }

    [Fact]
    public void A_wait_ends_with_the_connection()
    {
        _script.Client("a").Start(1).Searching(2).Drop(4_000);
        _script.Client("b").Start(1).Searching(2);
        None();
    }

    private void Only(Invariant invariant, string sentence)
    {
        var report = _script.Check();
        Assert.True(report.Total == 1 && report.Count(invariant) == 1, report.Describe());
        Assert.Contains(sentence, report.Violations[0].Sentence, StringComparison.Ordinal);
    }

    private void None()
    {
        var report = _script.Check();
        Assert.True(report.Total == 0, report.Describe());
    }
}
