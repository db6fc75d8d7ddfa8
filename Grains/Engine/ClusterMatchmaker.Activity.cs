using Camdiv.Matchmaking;

namespace Camdiv.Grains;

public sealed partial class ClusterMatchmaker
{
    /// <inheritdoc/>
    public async ValueTask<bool> IsActiveAsync(UserId user, CancellationToken cancellation)
    {
        if (Host.Holds(user))
        {
            return Host.IsActive(user);
        }
        if (await LocateAsync(user, cancellation).ConfigureAwait(false) is not { } place)
        {
            return await IsActiveAnywhereAsync(user, cancellation).ConfigureAwait(false);
        }
        if (place.Snapshot is { } copy && (copy.Ticket is not null || copy.Room is not null))
        {
            return true;
        }
        // The copy lags behind the gateway that has the socket.
        return place.Host is { } host && host != Host.Self && _gateways.Find(host) is { } gateway
            && await AskAsync(gateway, user, cancellation).ConfigureAwait(false) == true;
    }

    /// <summary>Where the directory sees the user; null when it does not answer or has not heard from every gateway yet.</summary>
    private async Task<Whereabouts?> LocateAsync(UserId user, CancellationToken cancellation)
    {
        try
        {
            var place = await _directory.PartitionOf(user).LocateAsync(user).WaitAsync(cancellation).ConfigureAwait(false);
            return place.Complete ? place : null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && !cancellation.IsCancellationRequested)
        {
            _instruments.Retried("locate");
            return null;
        }
    }

    /// <summary>Asks every other gateway: while the directory moves, they are what is left to ask.</summary>
    private async Task<bool> IsActiveAnywhereAsync(UserId user, CancellationToken cancellation)
    {
        var others = _gateways.Live.Where(host => host != Host.Self).Select(_gateways.Find).OfType<IGatewayService>();
        var answers = await Task.WhenAll(others.Select(gateway => AskAsync(gateway, user, cancellation))).ConfigureAwait(false);
        return Array.Exists(answers, answer => answer == true) || (Array.Exists(answers, answer => answer is null)
            ? throw new MatchmakerUnavailableException("Neither the directory nor every gateway answered.")
            : false);
    }

    private async Task<bool?> AskAsync(IGatewayService gateway, UserId user, CancellationToken cancellation)
    {
        try
        {
            return await gateway.IsActiveAsync(user).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && !cancellation.IsCancellationRequested)
        {
            _instruments.Retried("active");
            return null;
        }
    }
}
