using System.Diagnostics.Metrics;
using System.Net;
using Camdiv.Gateway.Ice;
using Camdiv.Silo;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Geo;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Cluster.Geo;

/// <summary>The database as a file that comes, changes, breaks and goes while clients are placed.</summary>
public sealed class GeoIpLocatorTests : IDisposable
{
    private static readonly IPAddress Amsterdam = IPAddress.Parse("203.0.113.7");
    private static readonly IPAddress Denver = IPAddress.Parse("203.0.113.200");

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLogCollector _log = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly GeoIpLocator _locator;

    public GeoIpLocatorTests() => _locator =
        Create(new FakeLogger<GeoIpLocator>(_log));

    private string Database => Path.Combine(_folder.Path, "city.mmdb");

    public void Dispose()
    {
        _locator.Dispose();
        _services.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Places_an_address_by_its_longest_network()
    {
        Write(Cities());
        await _locator.StartAsync(default);
        Assert.Equal(new GeoPoint(52.37, 4.9), _locator.Locate(Amsterdam, null));
        Assert.Equal(new GeoPoint(39.74, -104.99), _locator.Locate(Denver, 60));
        Assert.Equal(new GeoPoint(52.37, 4.9), _locator.Locate(Amsterdam.MapToIPv6(), null));
        Assert.Null(_locator.Locate(IPAddress.Parse("198.51.100.1"), null));
        Assert.Null(_locator.Locate(IPAddress.IPv6Loopback, null));
        Assert.DoesNotContain("203.0.113", _log.Text());
        Assert.Empty(Warnings());
    }

    [Fact]
    public async Task A_missing_file_is_told_once_and_loaded_when_it_comes()
    {
        await _locator.StartAsync(default);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(_locator.Locate(Amsterdam, null));
        Assert.Single(Warnings());

        Write(Cities());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(_locator.Locate(Amsterdam, null));
    }

    [Fact]
    public async Task A_changed_file_replaces_the_old_one_and_a_lost_one_does_not()
    {
        Write(Cities());
        await _locator.StartAsync(default);
        var old = _locator.Database!;
        Write(new MmdbWriter().Add("203.0.113.0/24", -33.9, 151.2));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new GeoPoint(-33.9, 151.2), _locator.Locate(Amsterdam, null));
        Assert.True(old.IsFreed);

        File.Delete(Database);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(new GeoPoint(-33.9, 151.2), _locator.Locate(Amsterdam, null));
        Assert.Contains("the database loaded before stays in use", Assert.Single(Warnings()));
    }

    [Fact]
    public async Task A_file_that_still_grows_is_left_alone_until_it_rests()
    {
        await _locator.StartAsync(default);
        var bytes = Cities().ToBytes();
        File.WriteAllBytes(Database, bytes[..40]);
        _time.Advance(TimeSpan.FromSeconds(1));
        File.WriteAllBytes(Database, bytes);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_locator.Database);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(_locator.Locate(Amsterdam, null));
        Assert.DoesNotContain("usable", _log.Text());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.95)]
    public async Task A_torn_file_is_refused_once_and_the_last_good_one_stays(double share)
    {
        Write(Cities());
        await _locator.StartAsync(default);
        var bytes = Cities().ToBytes();
        File.WriteAllBytes(Database, bytes[..(int)(bytes.Length * share)]);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.NotNull(_locator.Locate(Amsterdam, null));
        Assert.Contains("not a usable GeoIP2 City database", Assert.Single(Warnings()));
    }

    [Fact]
    public async Task Every_torn_beginning_and_every_damaged_byte_fails_softly()
    {
        var bytes = Cities().ToBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0xff;
            foreach (var content in new[] { bytes[..i], damaged })
            {
                File.WriteAllBytes(Database, content);
                using var locator = Create(NullLogger<GeoIpLocator>.Instance);
                await locator.StartAsync(default);
                var place = locator.Locate(Amsterdam, null);
                _ = locator.Locate(Denver, null);
                Assert.True(content.Length == bytes.Length || place is null, $"torn at {i}, and yet it placed a client");
            }
        }
    }

    [Fact]
    public async Task Another_kind_of_database_is_refused()
    {
        Write(new MmdbWriter { DatabaseType = "GeoLite2-ASN" }.Add("203.0.113.0/24", 1, 2));
        await _locator.StartAsync(default);
        Assert.Null(_locator.Locate(Amsterdam, null));
        Assert.Contains("GeoLite2-ASN", Assert.Single(Warnings()));
    }

    [Fact]
    public async Task Lookups_go_on_while_files_change()
    {
        Write(Cities());
        await _locator.StartAsync(default);
        using var ending = new CancellationTokenSource();
        var counts = new long[4];
        // Threads of their own: the pool may be too busy with other tests to begin four endless loops.
        var lookups = counts.Select((_, reader) => Task.Factory.StartNew(
            () =>
            {
                while (!ending.IsCancellationRequested)
                {
                    Assert.NotNull(_locator.Locate(Amsterdam, null));
                    Interlocked.Increment(ref counts[reader]);
                }
            },
            TaskCreationOptions.LongRunning)).ToList();
        var replaced = new HashSet<GeoDatabase>();
        for (var i = 1; i <= 100; i++)
        {
            replaced.Add(_locator.Database!);
            Write(Cities(i));
            _time.Advance(TimeSpan.FromSeconds(2));
            AwaitLookups(i);
        }
        Assert.Equal(100, replaced.Count);
        await ending.CancelAsync();
        await Task.WhenAll(lookups);
        Assert.All(replaced, database => Assert.True(database.IsFreed));

        void AwaitLookups(int change)
        {
            var before = counts.Select((_, reader) => Interlocked.Read(ref counts[reader])).ToArray();
            Assert.True(
                SpinWait.SpinUntil(
                    () => lookups.Any(lookup => lookup.IsCompleted)
                        || before.Select((count, reader) => Interlocked.Read(ref counts[reader]) > count).All(moved => moved),
                    TimeSpan.FromSeconds(20)),
                $"not every reader looked anything up after change {change}");
        }
    }

    private GeoIpLocator Create(ILogger<GeoIpLocator> logger) => new(
        new GeoIpOptions { DatabasePath = "city.mmdb", PollIntervalMs = 1_000 },
        new HostingEnvironment { ContentRootPath = _folder.Path },
        new SiloInstruments(_services.GetRequiredService<IMeterFactory>()),
        _time,
        logger);

    // Each with more networks than the last, so that files differ in length however coarse the file system's clock is.
    private static MmdbWriter Cities(int more = 0)
    {
        var writer = new MmdbWriter().Add("203.0.113.0/24", 52.37, 4.9).Add("203.0.113.128/25", 39.74, -104.99);
        for (var i = 0; i < more; i++)
        {
            writer.Add($"10.{i}.0.0/16", i / 2.0, i);
        }
        return writer;
    }

    private void Write(MmdbWriter writer) => File.WriteAllBytes(Database, writer.ToBytes());

    private IEnumerable<string> Warnings() =>
        _log.Text().Split('\n').Where(line => line.StartsWith("Warning", StringComparison.Ordinal));
}
