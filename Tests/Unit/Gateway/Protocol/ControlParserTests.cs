using System.Text;
using Camdiv.Gateway.Protocol;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Gateway.Protocol;

public sealed class ControlParserTests
{
    [Fact]
    public void Hello_may_be_bare() => Assert.Equal(new HelloMessage(null, null, null), Parse("""{"type":"hello"}"""));

    [Fact]
    public void Hello_carries_session_room_and_client() => Assert.Equal(
        new HelloMessage("token", new RoomId("room-1"), "camdiv.js/1"),
        Parse("""{"client":"camdiv.js/1","room":"room-1","type":"hello","session":"token"}"""));

    [Fact]
    public void A_room_no_room_could_have_claims_nothing() =>
        Assert.Equal(new HelloMessage(null, null, null), Parse("""{"type":"hello","room":"no such room"}"""));

    [Fact]
    public void Start_normalizes_what_is_wished_for()
    {
        var start = Assert.IsType<StartMessage>(
            Parse("""{"type":"start","chat":"audio","interests":[" Chess","chess"],"languages":["de-CH","EN"]}"""));
        Assert.Equal(ChatType.Audio, start.Request.Chat);
        Assert.Equal<string>(["chess"], [.. start.Request.Interests]);
        Assert.Equal<string>(["de", "en"], [.. start.Request.Languages]);
    }

    [Theory]
    [InlineData("video", ChatType.Video)]
    [InlineData("audio", ChatType.Audio)]
    [InlineData("text", ChatType.Text)]
    public void Every_chat_type_has_its_word(string word, ChatType chat) =>
        Assert.Equal(chat, Assert.IsType<StartMessage>(Parse($$"""{"type":"start","chat":"{{word}}"}""")).Request.Chat);

    [Fact]
    public void The_other_messages_are_read()
    {
        var room = new RoomId("r");
        Assert.IsType<StopMessage>(Parse("""{"type":"stop"}"""));
        Assert.Equal(new AckMessage(room), Parse("""{"type":"ack","room":"r"}"""));
        Assert.Equal(new BlockMessage(room), Parse("""{"type":"block","room":"r"}"""));
        Assert.Equal(new ReportMessage(room, "why"), Parse("""{"type":"report","room":"r","reason":"why"}"""));
        Assert.Equal(
            new ConnectedMessage(room, "srflx", "udp", 1234.5),
            Parse("""{"type":"connected","room":"r","candidate":"srflx","protocol":"udp","ms":1234.5}"""));
    }

    [Theory]
    [InlineData("""{"type":"stop","more":{"deep":[1,{"type":5}]},"chat":7}""")]
    [InlineData("""{"more":1,"more":2,"type":"stop"}""")]
    [InlineData("""{ "typ\u0065" : "st\u006fp" }""")]
    [InlineData("{\n\"type\"\t: \"stop\"}\r\n ")]
    public void What_the_protocol_does_not_name_is_not_looked_at(string frame) => Assert.IsType<StopMessage>(Parse(frame));

    [Theory]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"type\":\"stop\"} x")]
    [InlineData("{\"type\":\"stop\",}")]
    [InlineData("{'type':'stop'}")]
    [InlineData("{\"type\":\"stop\"//\n}")]
    [InlineData("{\"type\":\"stop\",\"x\":01}")]
    [InlineData("[\"type\"]")]
    [InlineData("\"stop\"")]
    [InlineData("""{"type":"stop","type":"stop"}""")]
    [InlineData("""{"type":"ack","room":"a","room":"a"}""")]
    [InlineData("""{"type":"ack","room":"\ud800"}""")]
    public void What_is_not_one_object_with_each_field_once_is_a_bad_message(string frame) =>
        Assert.Equal("bad-message", Fault(frame).Code);

    [Fact]
    public void Nesting_is_bounded() => Assert.Equal(
        "bad-message",
        Fault("""{"type":"stop","x":""" + new string('[', 1000) + new string(']', 1000) + "}").Code);

    [Theory]
    [InlineData("""{"type":"dance"}""")]
    [InlineData("""{"type":"Hello"}""")]
    [InlineData("""{"type":"welcome"}""")]
    public void A_type_nobody_knows_is_unknown(string frame) => Assert.Equal("unknown-type", Fault(frame).Code);

    [Theory]
    [InlineData("{}", "type")]
    [InlineData("""{"type":null}""", "type")]
    [InlineData("""{"type":5}""", "type")]
    [InlineData("""{"type":["stop"]}""", "type")]
    [InlineData("""{"type":""}""", "type")]
    [InlineData("""{"type":"hello","session":5}""", "session")]
    [InlineData("""{"type":"hello","session":null}""", "session")]
    [InlineData("""{"type":"hello","room":true}""", "room")]
    [InlineData("""{"type":"hello","client":{}}""", "client")]
    [InlineData("""{"type":"start"}""", "chat")]
    [InlineData("""{"type":"start","chat":1}""", "chat")]
    [InlineData("""{"type":"start","chat":"Video"}""", "chat")]
    [InlineData("""{"type":"start","chat":"video","interests":"chess"}""", "interests")]
    [InlineData("""{"type":"start","chat":"video","interests":{"0":"chess"}}""", "interests")]
    [InlineData("""{"type":"start","chat":"video","interests":["chess",5]}""", "interests")]
    [InlineData("""{"type":"start","chat":"video","interests":["a",["b"]]}""", "interests")]
    [InlineData("""{"type":"start","chat":"video","interests":[" "]}""", "interests")]
    [InlineData("""{"type":"start","chat":"video","interests":["1","2","3","4","5","6","7","8","9","10","11"]}""", "interests")]
    [InlineData("""{"type":"start","chat":"video","interests":["123456789012345678901234567890123"]}""", "interests")]
    [InlineData("""{"type":"start","chat":"video","languages":["a","b","c","d","e","f"]}""", "languages")]
    [InlineData("""{"type":"start","chat":"video","languages":["not a tag"]}""", "languages")]
    [InlineData("""{"type":"start","chat":"video","languages":null}""", "languages")]
    [InlineData("""{"type":"ack"}""", "room")]
    [InlineData("""{"type":"ack","room":7}""", "room")]
    [InlineData("""{"type":"block","room":null}""", "room")]
    [InlineData("""{"type":"report","room":"r"}""", "reason")]
    [InlineData("""{"type":"report","room":"r","reason":""}""", "reason")]
    [InlineData("""{"type":"report","room":"r","reason":["x"]}""", "reason")]
    [InlineData("""{"type":"connected","room":"r","candidate":"host","protocol":"udp"}""", "ms")]
    [InlineData("""{"type":"connected","room":"r","candidate":"host","protocol":"udp","ms":"1"}""", "ms")]
    [InlineData("""{"type":"connected","room":"r","candidate":"host","protocol":"udp","ms":-1}""", "ms")]
    [InlineData("""{"type":"connected","room":"r","candidate":"host","protocol":"udp","ms":1e999}""", "ms")]
    [InlineData("""{"type":"connected","room":"r","candidate":"host","protocol":"sctp","ms":1}""", "protocol")]
    [InlineData("""{"type":"connected","room":"r","candidate":"turn","protocol":"udp","ms":1}""", "candidate")]
    public void A_wrong_field_is_named(string frame, string field)
    {
        var fault = Fault(frame);
        Assert.Equal("bad-field", fault.Code);
        Assert.StartsWith($"'{field}' ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_bounded()
    {
        Assert.NotNull(Parse(Hello(64)));
        Assert.Equal("bad-field", Fault(Hello(65)).Code);
        Assert.NotNull(Parse(Report(500)));
        Assert.Equal("bad-field", Fault(Report(501)).Code);

        static string Hello(int length) => $$"""{"type":"hello","client":"{{new string('x', length)}}"}""";
        static string Report(int length) => $$"""{"type":"report","room":"r","reason":"{{new string('é', length)}}"}""";
    }

    [Fact]
    public void No_complaint_repeats_what_the_client_sent()
    {
        // What a client sends may be private, and complaints may end up in its developers' logs.
        foreach (var frame in new[]
        {
            """{"type":"SECRET"}""", """{"type":"start","chat":"SECRET"}""", """{"type":"start","chat":"video","languages":["SECRET SECRET"]}""",
        })
        {
            Assert.DoesNotContain("SECRET", Fault(frame).Message, StringComparison.Ordinal);
        }
    }

    private static ControlMessage? Parse(string frame) => ControlParser.Parse(Encoding.UTF8.GetBytes(frame), out _);

    private static FrameFault Fault(string frame)
    {
        Assert.Null(ControlParser.Parse(Encoding.UTF8.GetBytes(frame), out var fault));
        return fault;
    }
}
