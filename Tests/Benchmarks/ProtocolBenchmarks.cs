using BenchmarkDotNet.Attributes;
using Camdiv.Gateway.Protocol;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Benchmarks;

/// <summary>Control messages: read from and written as UTF-8.</summary>
[MemoryDiagnoser]
public class ProtocolBenchmarks
{
    private static readonly Matched Told = new(
        new RoomId("r7Hq2mK9xT4bW1zE"), SeatId.New(), SeatId.New(), true, ChatType.Video, ["gardening", "films"], 3_000);

    private static readonly Searching Waits = new(ChatType.Video, 12, false);

    private readonly byte[] _ack = """{"type":"ack","room":"r7Hq2mK9xT4bW1zE"}"""u8.ToArray();
    private readonly byte[] _start =
        """{"type":"start","chat":"video","interests":["gardening","films","music"],"languages":["en-GB","fr"]}"""u8.ToArray();

    /// <summary>An acknowledgement.</summary>
    [Benchmark]
    public object? ParseAck() => ControlParser.Parse(_ack, out _);

    /// <summary>A start with three interests and two languages.</summary>
    [Benchmark]
    public object? ParseStart() => ControlParser.Parse(_start, out _);

    /// <summary>A match with two shared interests.</summary>
    [Benchmark]
    public int WriteMatched() => MessageWriter.Write(Told).Length;

    /// <summary>A place in the queue.</summary>
    [Benchmark]
    public int WriteSearching() => MessageWriter.Write(Waits).Length;
}
