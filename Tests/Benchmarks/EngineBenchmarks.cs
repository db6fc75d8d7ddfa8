using BenchmarkDotNet.Attributes;
using Camdiv.Gateway.Relay;
using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;

namespace Camdiv.Tests.Benchmarks;

/// <summary>The embedded engine without sockets: what a frame and a whole match cost in it.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private EmbeddedMatchmaker _engine = null!;
    private CountingLink _one = null!;
    private CountingLink _two = null!;
    private IUserConnection _first = null!;
    private IUserConnection _second = null!;
    private SearchRequest _request = null!;
    private byte[] _frame = [];

    /// <summary>Two strangers in a room.</summary>
    [GlobalSetup]
    public async Task MeetAsync()
    {
        // No cool-down: the same two meet again and again.
        _engine = new EmbeddedMatchmaker(new MatchmakingOptions { CooldownMs = 0 }, TimeProvider.System, new NoReports());
        (_one, _two) = (new CountingLink(), new CountingLink());
        _first = await _engine.ConnectAsync(new Arrival(new UserId("first"), false, null), _one, default);
        _second = await _engine.ConnectAsync(new Arrival(new UserId("second"), false, null), _two, default);
        _request = SearchRequest.ForAnyone(ChatType.Video);
        if (!MatchAndPart())
        {
            throw new InvalidOperationException("The two did not meet.");
        }
        _first.Start(_request);
        _second.Start(_request);
        _first.Acknowledge(_one.Room);
        _second.Acknowledge(_two.Room);
        _frame = [.. System.Text.Encoding.ASCII.GetBytes($">{_one.Room.Value}|"), .. new byte[1_500]];
        if (!Relay() || _two.Frames != 1)
        {
            throw new InvalidOperationException("The frame did not arrive.");
        }
    }

    /// <summary>Ends the engine's timers.</summary>
    [GlobalCleanup]
    public void End() => _engine.Dispose();

    /// <summary>A frame of 1.5 kB: its room found, compared, and the bytes handed to the peer's queue.</summary>
    [Benchmark]
    public bool Relay() =>
        RelayFrame.TryGetRoom(_frame, out var room) && _first.Relay(room, _frame) == RelayOutcome.Delivered;

    /// <summary>Two start, are checked, committed, checked again, told, acknowledge, and part.</summary>
    [Benchmark]
    public bool MatchAndPart()
    {
        var before = _one.Matches;
        _first.Start(_request);
        _second.Start(_request);
        _first.Acknowledge(_one.Room);
        _second.Acknowledge(_two.Room);
        _first.Stop();
        _second.Stop();
        return _one.Matches > before;
    }

    private sealed class CountingLink : IClientLink
    {
        public RoomId Room { get; private set; }

        public int Matches { get; private set; }

        public int Frames { get; private set; }

        public bool IsAlive => true;

        public bool Deliver(ServerEvent message)
        {
            if (message is Matched matched)
            {
                Matches++;
                Room = matched.Room;
            }
            return true;
        }

        public bool DeliverFrame(ReadOnlySpan<byte> frame)
        {
            Frames++;
            return true;
        }

        public void Close(LinkCloseReason reason)
        {
        }
    }

    private sealed class NoReports : IReportSink
    {
        public ValueTask WriteAsync(Report report, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
