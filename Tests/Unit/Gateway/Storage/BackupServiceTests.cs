using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Storage;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Unit.Gateway.Storage;

public sealed class BackupServiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly FailingDisk _disk = new();
    private readonly FakeLogger<BackupService> _log = new();
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private IEnumerable<string> Log => _log.Collector.GetSnapshot().Select(record => record.Message);

    public void Dispose()
    {
        _folder.Dispose();
        _provider.Dispose();
    }

    [Fact]
    public async Task Queue_rooms_and_blocks_come_back_as_they_were()
    {
        var before = new FakeSource();
        before.Sessions.Enqueue(Change("a", Searching("a")));
        before.Sessions.Enqueue(Change("b", InRoom("b")));
        before.Sessions.Enqueue(Change("c", Searching("c")));
        before.Blocks.Enqueue((new UserId("a"), [new UserId("x"), new UserId("y")]));
        await using (var service = await StartAsync(before))
        {
            before.Sessions.Enqueue(Change("c", null));
        }
        var after = new FakeSource();
        await using (await StartAsync(after))
        {
            Assert.Equal(["a", "b"], after.Restored.Select(s => s.User).Order());
            Assert.Equivalent(Searching("a"), after.Restored.Single(s => s.User == "a"), strict: true);
            Assert.Equivalent(InRoom("b"), after.Restored.Single(s => s.User == "b"), strict: true);
            var (user, blocked) = Assert.Single(after.RestoredBlocks);
            Assert.Equal("a: x y", $"{user}: {string.Join(' ', blocked)}");
        }
    }

    [Fact]
    public async Task Changes_are_written_within_the_interval()
    {
        var source = new FakeSource();
        await using var service = await StartAsync(source);
        source.Sessions.Enqueue(Change("a", Searching("a")));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(SpinWait.SpinUntil(
            () => File.Exists(StatePath) && File.ReadAllText(StatePath).Contains(" a ", StringComparison.Ordinal), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_failing_disk_is_told_once_a_minute_counted_and_caught_up_with()
    {
        long failures = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "camdiv.storage.backup.failures" && instrument.Meter.Scope == _provider.GetRequiredService<IMeterFactory>())
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref failures, value));
        listener.Start();
        var source = new FakeSource();
        await using (await StartAsync(source))
        {
            var begin = _time.GetTimestamp();
            _disk.FailAfterBytes = 0;
            source.Sessions.Enqueue(Change("a", Searching("a")));
            source.Sessions.Enqueue(Change("gone", Searching("gone")));
            // The loop's turns run on the pool; each is awaited by what it takes from the source.
            for (var turns = 0; turns < 5; turns++)
            {
                var taken = source.Taken;
                Assert.True(SpinWait.SpinUntil(
                    () =>
                    {
                        _time.Advance(TimeSpan.FromMilliseconds(100));
                        return source.Taken > taken;
                    },
                    TimeSpan.FromSeconds(10)));
            }
            source.Sessions.Enqueue(Change("gone", null));
            Assert.InRange(Interlocked.Read(ref failures), 4, long.MaxValue);
            // How far time moved until the pool had a thread for each turn is the machine's affair.
            var minutes = 1 + (int)_time.GetElapsedTime(begin).TotalMinutes;
            Assert.InRange(Log.Count(line => line.Contains("cannot be written", StringComparison.Ordinal)), 1, minutes);
            _disk.FailAfterBytes = null;
        }
        Assert.Contains(Log, line => line.Contains("written again", StringComparison.Ordinal));
        var after = new FakeSource();
        await using (await StartAsync(after))
        {
            Assert.Equal("a", Assert.Single(after.Restored).User);
        }
    }

    [Fact]
    public async Task A_record_of_another_version_costs_only_itself()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StatePath)!);
        using (var journal = new Journal(StatePath, "state", _disk, _time, _log))
        {
            journal.Load();
            journal.Append([("a", "{\"user\":5}"u8.ToArray()), ("b", "{\"user\":\"b\"}"u8.ToArray()), ("c", "{}"u8.ToArray())]);
        }
        var after = new FakeSource();
        await using (await StartAsync(after))
        {
            Assert.Equal("b", Assert.Single(after.Restored).User);
        }
    }

    private string StatePath => Path.Combine(_folder.Path, "data", "state.journal");

    private async Task<Running> StartAsync(FakeSource source)
    {
        var service = new BackupService(
            source,
            Path.Combine(_folder.Path, "data"),
            _disk,
            new BackupOptions(),
            new GatewayInstruments(_provider.GetRequiredService<IMeterFactory>()),
            _time,
            _log);
        await service.StartingAsync(default);
        await service.StartAsync(default);
        return new Running(service);
    }

    private static SessionChange Change(string user, SessionSnapshot? snapshot) => new(new UserId(user), snapshot);

    private static SessionSnapshot Searching(string user) => new()
    {
        User = user,
        Ticket = new TicketSnapshot { Chat = ChatType.Text, Interests = ["ché"], Languages = ["de"], SinceMs = 123, Front = true },
        LastPartner = "p",
        LastRoom = "r0",
        LastChat = ChatType.Audio,
        LastEndedAtMs = 99,
    };

    private static SessionSnapshot InRoom(string user) => new()
    {
        User = user,
        Room = new RoomSnapshot
        {
            Room = "r",
            Peer = "p",
            Seat = "s",
            PeerSeat = "t",
            PeerHost = "here",
            Chat = ChatType.Video,
            Common = ["go"],
            Search = new TicketSnapshot { Interests = [], Languages = [] },
            Acked = true,
        },
    };

    private sealed class Running(BackupService service) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await service.StopAsync(default);
            service.Dispose();
        }
    }

    private sealed class FakeSource : IBackupSource
    {
        private int _taken;

        // Filled by the test while the service's loop takes.
        public ConcurrentQueue<SessionChange> Sessions { get; } = new();

        public ConcurrentQueue<(UserId User, UserId[] Blocked)> Blocks { get; } = new();

        public List<SessionSnapshot> Restored { get; } = [];

        public List<(UserId User, UserId[] Blocked)> RestoredBlocks { get; } = [];

        public int Taken => Volatile.Read(ref _taken);

        public void TakeSessionChanges(List<SessionChange> into)
        {
            while (Sessions.TryDequeue(out var change))
            {
                into.Add(change);
            }
            Interlocked.Increment(ref _taken);
        }

        public void TakeBlockChanges(List<(UserId User, UserId[] Blocked)> into)
        {
            while (Blocks.TryDequeue(out var change))
            {
                into.Add(change);
            }
        }

        public (int Searching, int InRooms) RestoreSessions(IEnumerable<SessionSnapshot> snapshots)
        {
            Restored.AddRange(snapshots);
            return (Restored.Count, 0);
        }

        public void RestoreBlocks(IEnumerable<(UserId User, UserId[] Blocked)> blocks) => RestoredBlocks.AddRange(blocks);
    }
}
