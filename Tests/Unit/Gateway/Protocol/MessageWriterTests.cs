using System.Text;
using Camdiv.Gateway.Protocol;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Gateway.Protocol;

public sealed class MessageWriterTests
{
    private static readonly Matched Match =
        new(new RoomId("r"), new SeatId("self"), new SeatId("peer"), true, ChatType.Text, ["chess", "<go>"], 3000);

    [Fact]
    public void Welcome_leaves_out_what_is_not_there() => Assert.Equal(
        """{"type":"welcome","user":"u","session":"t","resumed":false,"state":"idle","graceMs":30000,"maxFrameBytes":65536}""",
        Text(MessageWriter.Write(new Welcome(new UserId("u"), false, ClientState.Idle, null, null, 30000), "t", 65536)));

    [Fact]
    public void Welcome_back_names_the_match() => Assert.Equal(
        """{"type":"welcome","user":"u","session":"t","resumed":true,"state":"in-room","chat":"text","match":{"room":"r","self":"self","peer":"peer","initiator":true,"chat":"text","common":["chess","\u003Cgo\u003E"],"ackMs":3000},"graceMs":1,"maxFrameBytes":2}""",
        Text(MessageWriter.Write(new Welcome(new UserId("u"), true, ClientState.InRoom, ChatType.Text, Match, 1), "t", 2)));

    [Fact]
    public void Each_event_has_its_frame()
    {
        Assert.Equal(
            """{"type":"matched","room":"r","self":"self","peer":"peer","initiator":true,"chat":"text","common":["chess","\u003Cgo\u003E"],"ackMs":3000}""",
            Text(MessageWriter.Write(Match)));
        Assert.Equal(
            """{"type":"searching","chat":"video","waiting":7,"requeued":true}""",
            Text(MessageWriter.Write(new Searching(ChatType.Video, 7, true))));
        Assert.Equal("""{"type":"peer-away","room":"r"}""", Text(MessageWriter.Write(new PeerAway(Match.Room))));
        Assert.Equal("""{"type":"peer-back","room":"r"}""", Text(MessageWriter.Write(new PeerBack(Match.Room))));
        Assert.Equal("""{"type":"reported","id":"x"}""", Text(MessageWriter.Reported("x")));
        Assert.Equal("""{"type":"draining","retryMs":12}""", Text(MessageWriter.Draining(12)));
        Assert.Equal(
            """{"type":"error","code":"bad-field","message":"m","fatal":true}""",
            Text(MessageWriter.Error(new FrameFault("bad-field", "m"), fatal: true)));
    }

    [Theory]
    [InlineData(LeaveReason.Next, "next")]
    [InlineData(LeaveReason.Stop, "stop")]
    [InlineData(LeaveReason.Gone, "gone")]
    [InlineData(LeaveReason.Unresponsive, "unresponsive")]
    [InlineData(LeaveReason.Blocked, "blocked")]
    public void Each_reason_has_its_word(LeaveReason reason, string word) => Assert.Equal(
        $$"""{"type":"peer-left","room":"r","reason":"{{word}}"}""",
        Text(MessageWriter.Write(new PeerLeft(Match.Room, reason))));

    private static string Text(ReadOnlySpan<byte> frame) => Encoding.UTF8.GetString(frame);
}
