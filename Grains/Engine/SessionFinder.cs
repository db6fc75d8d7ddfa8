using Camdiv.Matchmaking;
using Microsoft.Extensions.Logging;

namespace Camdiv.Grains;

/// <summary>
/// Brings the session of a user who resumes here from wherever it is: from its live gateway whole; from the directory's
/// copy when that gateway is dead; from a queue's set-aside tickets when the directory is new too.
/// </summary>
internal sealed partial class SessionFinder(
    SessionHost host,
    Action<UserId, SessionTransfer, bool> adopt,
    DirectoryFeeder directory,
    GatewayServiceClient gateways,
    IGrainFactory grains,
    Matchmakers matchmakers,
    BlockFeeder blocks,
    ClusterOptions options,
    ClusterInstruments instruments,
    TimeProvider time,
    ILogger logger)
{
    private const int MaxMoves = 3;
    private const int MaxWaits = 10;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan NewbornPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BlocksPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>Makes the session local if it exists anywhere.</summary>
    /// <returns>The user's blocks, for a session that must be made anew.</returns>
    public async Task<BlockSet> BringAsync(UserId user, Arrivals.Arrival arrival)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.FindMs), time);
        var loading = LoadBlocksAsync(user);
        var before = await ClaimAsync(user, patience.Token).ConfigureAwait(false);
        arrival.Claim = before?.Claim ?? 0;
        if (before?.Host is { } former && former != host.Self && !gateways.IsDead(former))
        {
            var (live, denied) = await ExtractAsync(user, former, before.Claim, patience.Token).ConfigureAwait(false);
            if (live is not null)
            {
                AdoptLive(user, live);
            }
            else if (denied)
            {
                // A live gateway that holds no such session knows better than a copy that lags behind it.
                before = new Whereabouts { Complete = true };
            }
        }
        else if (before is null or { Known: false })
        {
            if (before is { Complete: true })
            {
                // Nowhere, or begun so shortly ago that its gateway has not told of it: not worth a long wait.
                patience.CancelAfter(NewbornPatience);
            }
            await AskEveryoneAsync(user, patience.Token).ConfigureAwait(false);
        }
        var known = await loading.ConfigureAwait(false);
        if (!host.Holds(user) && before?.Snapshot is { } copy)
        {
            Adopt(user, copy, known);
        }
        if (!host.Holds(user) && before is null or { Snapshot: null, Complete: false })
        {
            await TakeParkedAsync(user, known, patience.Token).ConfigureAwait(false);
        }
        return known;
    }

    // Without a matchmaker there is no directory, and one that comes knows nobody yet: only the gateways do.
    private async Task<Whereabouts?> ClaimAsync(UserId user, CancellationToken patience)
    {
        while (matchmakers.AreThere)
        {
            try
            {
                return await directory.PartitionOf(user).ClaimAsync(user, host.Self).WaitAsync(patience).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                instruments.Retried("claim");
                await PauseAsync(patience).ConfigureAwait(false);
            }
            if (patience.IsCancellationRequested)
            {
                LogDirectoryAway();
                return null;
            }
        }
        return null;
    }

    /// <summary>Asks a gateway for a session, and on if it has moved; denied when the last one asked holds none.</summary>
    private async Task<(ExtractReply? Session, bool Denied)> ExtractAsync(
        UserId user, HostId from, long claim, CancellationToken patience)
    {
        var (moves, waited) = (0, 0);
        while (!patience.IsCancellationRequested && !host.Holds(user) && gateways.Find(from) is { } service)
        {
            try
            {
                var reply = await service.ExtractAsync(user, host.Self, claim).WaitAsync(patience).ConfigureAwait(false);
                if (reply.MovedTo is { } next && next != host.Self && claim > 0 && moves++ < MaxMoves)
                {
                    from = next;
                    continue;
                }
                if (reply.Outcome == ExtractOutcome.Unknown && moves > 0 && waited++ < MaxWaits)
                {
                    // It was sent there a moment ago and has not arrived.
                    instruments.Retried("moved");
                }
                else if (reply.Outcome != ExtractOutcome.Busy)
                {
                    return reply.Outcome == ExtractOutcome.Extracted ? (reply, false) : (null, true);
                }
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // A session that left in a lost answer is given once more.
                instruments.Retried("extract");
            }
            await PauseAsync(patience).ConfigureAwait(false);
        }
        return (null, false);
    }

    private async Task AskEveryoneAsync(UserId user, CancellationToken patience)
    {
        var others = gateways.Live.Where(gateway => gateway != host.Self).ToArray();
        var answers = await Task.WhenAll(others.Select(other => ExtractAsync(user, other, 0, patience))).ConfigureAwait(false);
        foreach (var (session, _) in answers)
        {
            if (session is not null)
            {
                AdoptLive(user, session);
            }
        }
    }

    private async Task TakeParkedAsync(UserId user, BlockSet known, CancellationToken patience)
    {
        foreach (var chat in Enum.GetValues<ChatType>().TakeWhile(_ => matchmakers.AreThere))
        {
            try
            {
                var ticket = await grains.Queue(chat)
                    .TakeParkedAsync(user).WaitAsync(patience).ConfigureAwait(false);
                if (ticket is not null)
                {
                    Adopt(user, new SessionSnapshot { User = user.Value, Ticket = ticket }, known);
                    return;
                }
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                instruments.Retried("parked");
            }
        }
    }

    private void AdoptLive(UserId user, ExtractReply reply) => adopt(user, ClusterMatchmaker.Transfer(reply), true);

    private void Adopt(UserId user, SessionSnapshot copy, BlockSet known) =>
        adopt(user, new SessionTransfer(copy, [], known), false);

    private async Task<BlockSet> LoadBlocksAsync(UserId user)
    {
        if (blocks.Pending(user) is { } newer)
        {
            return newer;
        }
        try
        {
            return await grains.GetGrain<IUserGrain>(user.Value).GetBlocksAsync()
                .WaitAsync(BlocksPatience, time).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // A resume does not wait for a store that is away; blocks made from now on are merged when it is back.
            instruments.Retried("load-blocks");
            return BlockSet.Empty;
        }
    }

    private async Task PauseAsync(CancellationToken patience) =>
        await Task.Delay(RetryDelay, time, patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(3501, LogLevel.Warning, "The user directory did not answer a resuming client in time; asking the gateways.")]
    private partial void LogDirectoryAway();
}
