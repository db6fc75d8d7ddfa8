using System.Collections.Concurrent;
using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Conformance;

namespace Camdiv.Tests.Unit.Matchmaking.Embedded;

/// <summary>The embedded engine keeps the contract, by a clock that stands still until told otherwise.</summary>
public sealed class EmbeddedConformance : MatchmakerConformance
{
    protected override ValueTask<IEngineUnderTest> CreateAsync() =>
        ValueTask.FromResult<IEngineUnderTest>(new EmbeddedUnderTest(new MatchmakingOptions()));

    private sealed class EmbeddedUnderTest : IEngineUnderTest, IReportSink
    {
        private readonly ManualTimeProvider _time = new();
        private readonly EmbeddedMatchmaker _engine;
        private readonly ConcurrentQueue<Exception> _failures = new();
        private readonly ConcurrentQueue<Report> _reports = new();

        public EmbeddedUnderTest(MatchmakingOptions options)
        {
            Options = options;
            _engine = new EmbeddedMatchmaker(options, _time, this) { EffectFailed = _failures.Enqueue };
        }

        public IReadOnlyList<IMatchmaker> Gateways => [_engine];

        public MatchmakingOptions Options { get; }

        public IReadOnlyCollection<Report> Reports => _reports;

        public TimeSpan Slack => TimeSpan.FromMilliseconds(1);

        public ValueTask PassAsync(TimeSpan time)
        {
            _time.Advance(time);
            return ValueTask.CompletedTask;
        }

        public ValueTask SettleAsync() => ValueTask.CompletedTask;

        public ValueTask WriteAsync(Report report, CancellationToken cancellation)
        {
            _reports.Enqueue(report);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _engine.Dispose();
            Assert.Empty(_failures);
            return ValueTask.CompletedTask;
        }
    }
}
