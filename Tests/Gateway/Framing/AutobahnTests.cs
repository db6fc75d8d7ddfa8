namespace Camdiv.Tests.Gateway.Framing;

/// <summary>The framing passes the public suite's cases, however the network cuts the client's bytes.</summary>
public sealed class AutobahnTests
{
    private static readonly Dictionary<string, FramingCase> Cases = new IEnumerable<FramingCase>[]
    {
        AutobahnCases.Framing(), AutobahnCases.Pings(), AutobahnCases.ReservedBits(), AutobahnCases.Opcodes(),
        AutobahnCases.Fragmentation(), AutobahnTextCases.Texts(), AutobahnTextCases.FailingFast(), AutobahnCases.Closings(),
        AutobahnCases.Sizes(),
    }.SelectMany(section => section).ToDictionary(one => one.Number);

    public static TheoryData<string> Numbers => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task In_one_piece(string number)
    {
        var bytes = Cases[number].Frames.SelectMany(frame => frame).ToArray();
        // Of pings that come together only the latest is answered (RFC 6455, section 5.5.3).
        await ExpectAsync(number, [bytes], Frames.LatestPongs);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Frame_by_frame(string number) =>
        await ExpectAsync(number, Cases[number].Frames.Select(frame => new ReadOnlyMemory<byte>(frame)));

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Octet_by_octet(string number)
    {
        var bytes = Cases[number].Frames.SelectMany(frame => frame).ToArray();
        // Beyond a point more of the same bytes tell nothing, and cost seconds.
        await ExpectAsync(number, ScriptedStream.Chop(bytes, bytes.Length <= 70_000 ? 1 : 997));
    }

    private static async Task ExpectAsync(
        string number,
        IEnumerable<ReadOnlyMemory<byte>> portions,
        Func<IEnumerable<string>, IEnumerable<string>>? expected = null)
    {
        var one = Cases[number];
        var outcome = await EchoServer.RunAsync(portions);
        Assert.Equal(expected?.Invoke(one.Expected) ?? one.Expected, outcome.Events);
        Assert.Equal(one.End, outcome.End);
    }
}
