using Camdiv.Matchmaking;
using Microsoft.Extensions.Options;

namespace Camdiv.Grains;

/// <summary>
/// The tokens of the cluster: each user's grain knows, and its copy in the store; a process' own memory refuses at once what
/// it has seen superseded. With the grain out of reach a token is taken, so that nobody is stranded.
/// </summary>
internal sealed class ClusterTokenBook(
    ClusterMatchmaker engine,
    IGrainFactory grains,
    IOptions<MatchmakingOptions> rules,
    ClusterInstruments instruments,
    TimeProvider time) : ITokenBook
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(3);

    private readonly TokenBook _seen = new(rules.Value.MaxSessions);

    /// <inheritdoc/>
    public async ValueTask<bool> UseAsync(UserId user, long generation, bool connects, CancellationToken cancellation)
    {
        if (!_seen.Use(user, generation))
        {
            return false;
        }
        if (!connects && generation == 1 && engine.Host.Holds(user))
        {
            // A newcomer that asks its own gateway for ICE servers, as every newcomer does: not worth a grain.
            return true;
        }
        try
        {
            return await grains.GetGrain<IUserGrain>(user.Value).UseTokenAsync(generation)
                .WaitAsync(Patience, time, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && !cancellation.IsCancellationRequested)
        {
            instruments.Retried("use-token");
            return true;
        }
    }

    /// <inheritdoc/>
    public async ValueTask EndAsync(UserId user, CancellationToken cancellation)
    {
        try
        {
            await grains.GetGrain<IUserGrain>(user.Value).EndAsync()
                .WaitAsync(EndPatience, time, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && !cancellation.IsCancellationRequested)
        {
            throw new MatchmakerUnavailableException("The user's grain is out of reach.", failure);
        }
        _seen.End(user);
    }
}
