using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>Adds up what the gateways count, at most once a second; a gateway that does not answer is left out.</summary>
internal sealed class ClusterStats(GatewayServiceClient gateways, Func<GatewayStats> local, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<MatchmakerStats>? _counting;
    private long _countedAt;

    public async ValueTask<MatchmakerStats> GetAsync(CancellationToken cancellation)
    {
        Task<MatchmakerStats> counting;
        lock (_gate)
        {
            if (_counting is null || time.GetElapsedTime(_countedAt) > Freshness)
            {
                _countedAt = time.GetTimestamp();
                _counting = CountAsync();
            }
            counting = _counting;
        }
        return await counting.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<MatchmakerStats> CountAsync()
    {
        var here = local();
        var others = await Task.WhenAll(gateways.Live.Where(host => host != here.Host).Select(AskAsync)).ConfigureAwait(false);
        var all = others.OfType<GatewayStats>().Append(here).ToArray();
        return new MatchmakerStats(
            all.Sum(stats => stats.Online),
            all.Sum(stats => stats.SearchingVideo),
            all.Sum(stats => stats.SearchingAudio),
            all.Sum(stats => stats.SearchingText),
            all.Sum(stats => stats.Rooms));
    }

    private async Task<GatewayStats?> AskAsync(HostId host)
    {
        try
        {
            return gateways.Find(host) is { } service ? await service.GetStatsAsync().ConfigureAwait(false) : null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return null;
        }
    }
}
