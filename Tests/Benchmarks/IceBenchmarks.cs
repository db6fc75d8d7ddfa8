using BenchmarkDotNet.Attributes;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Ice;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Benchmarks;

/// <summary>What an answer of <c>/ice-servers</c> is made of.</summary>
[MemoryDiagnoser]
public class IceBenchmarks
{
    private const string Secret = "a secret of usual length, shared with coturn";
    private static readonly UserId User = new("u3Nf8sLc0vYp6aJd");
    private static readonly GeoPoint Client = new(48.2, 16.4);

    private TurnRegionOptions[] _regions = [];

    /// <summary>How many TURN regions are configured.</summary>
    [Params(2, 20)]
    public int Regions { get; set; }

    /// <summary>Spreads the regions over the globe.</summary>
    [GlobalSetup]
    public void Configure() => _regions =
    [
        .. Enumerable.Range(0, Regions).Select(i => new TurnRegionOptions
        {
            Name = $"r{i}",
            Host = $"r{i}.turn.example",
            Latitude = -60 + (i * 120.0 / Regions),
            Longitude = -180 + (i * 360.0 / Regions),
            Secrets = [Secret],
        }),
    ];

    /// <summary>The two regions nearest to a client.</summary>
    [Benchmark]
    public int ChooseRegions() => RegionChoice.Nearest(_regions, Client).Count;

    /// <summary>Credentials for one region.</summary>
    [Benchmark]
    public string MintCredentials() => TurnCredentials.Mint(Secret, User, 1_800_000_000).Credential;
}
