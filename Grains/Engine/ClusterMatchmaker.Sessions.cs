using System.Collections.Immutable;
using Camdiv.Matchmaking;

namespace Camdiv.Grains;

public sealed partial class ClusterMatchmaker
{
    private const int HandOverBatch = 500;
    private const int HandOverAttempts = 5;
    private const int LostAnswerMs = 5_000;
    private static readonly TimeSpan HandOverPause = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public async ValueTask<IUserConnection> ConnectAsync(Arrival arrival, IClientLink link, CancellationToken cancellation)
    {
        if (!_started)
        {
            throw new MatchmakerUnavailableException("The gateway is not part of the cluster.");
        }
        if (arrival.Resumed && Host.TryResume(arrival, link) is { } here)
        {
            return here;
        }
        if (!arrival.Resumed)
        {
            return Connect(arrival, link, BlockSet.Empty);
        }
        using var arriving = _arrivals.Enter(arrival.User);
        var blocks = await arriving.Brought.WaitAsync(cancellation).ConfigureAwait(false);
        return Connect(arrival, link, blocks);
    }

    /// <summary>Gives a session up to another gateway.</summary>
    internal ExtractReply GiveUp(UserId user, HostId to, long claim)
    {
        if (claim > 0 && _moved.TryGetValue(user, out var last) && last.Claim == claim && last.Reply is { } given)
        {
            return given;
        }
        if (_arrivals.Precedes(user, claim))
        {
            return new ExtractReply { Outcome = ExtractOutcome.Busy, Kept = [] };
        }
        var outcome = Host.Extract(user, out var transfer);
        var reply = Reply(outcome, transfer);
        if (outcome == ExtractOutcome.Extracted)
        {
            _moved[user] = new Departure(to, claim, _clock.NowMs, reply);
        }
        else if (outcome == ExtractOutcome.Unknown && _moved.TryGetValue(user, out var moved))
        {
            // What was handed over to the very gateway that asks is on its way there.
            return moved.To != to ? new ExtractReply { Outcome = outcome, Kept = [], MovedTo = moved.To }
                : moved.Claim == 0 ? new ExtractReply { Outcome = ExtractOutcome.Busy, Kept = [] }
                : reply;
        }
        return reply;
    }

    /// <summary>Takes in the sessions of a gateway that ends.</summary>
    internal void TakeOver(HandOver sessions)
    {
        for (var i = 0; i < sessions.Users.Length; i++)
        {
            Adopt(sessions.Users[i], Transfer(sessions.Sessions[i]), live: true);
        }
    }

    /// <summary>A session as a gateway's answer carries it.</summary>
    internal static SessionTransfer Transfer(ExtractReply reply) =>
        new(reply.Snapshot, reply.Kept, reply.Blocks ?? BlockSet.Empty)
        {
            Heard = reply.Heard,
            Unsent = reply.Unsent,
            Sent = reply.Sent,
        };

    private void Adopt(UserId user, SessionTransfer session, bool live)
    {
        // Whoever is here again has not moved: frames for one who then ends here must not go where it once went.
        _moved.TryRemove(user, out _);
        if (Host.Adopt(user, session, live))
        {
            _instruments.SessionMoved(live);
        }
    }

    private IUserConnection Connect(Arrival arrival, IClientLink link, BlockSet blocks)
    {
        _moved.TryRemove(arrival.User, out _);
        var connection = Host.Connect(arrival, link, blocks);
        // Told to the directory at once, idle or not: a second connection elsewhere must find this one.
        Host.Touch(arrival.User);
        return connection;
    }

    private async Task HandOverAsync(CancellationToken cancellation)
    {
        var since = _clock.NowMs;
        while (Host.SessionCount > 0 && _clock.NowMs - since < 2 * SessionHost.LeavingMs)
        {
            if (!await HandOverAllAsync(cancellation).ConfigureAwait(false))
            {
                return;
            }
            // Those about to be told of a match, or with frames under way, are asked again.
            await Task.Delay(HandOverPause, _time, cancellation).ConfigureAwait(false);
        }
    }

    /// <returns>False when there is nobody to hand anything to.</returns>
    private async Task<bool> HandOverAllAsync(CancellationToken cancellation)
    {
        var batch = 0;
        foreach (var users in Host.Users().Chunk(HandOverBatch))
        {
            var heirs = _gateways.Live.Where(gateway => gateway != Host.Self).ToArray();
            if (heirs.Length == 0)
            {
                return false;
            }
            var heir = heirs[batch++ % heirs.Length];
            if (_gateways.Find(heir) is not { } service)
            {
                continue;
            }
            var gone = new List<UserId>(users.Length);
            var sessions = new List<ExtractReply>(users.Length);
            foreach (var user in users)
            {
                if (Host.Extract(user, out var transfer) == ExtractOutcome.Extracted)
                {
                    var reply = Reply(ExtractOutcome.Extracted, transfer);
                    gone.Add(user);
                    sessions.Add(reply);
                    _moved[user] = new Departure(heir, 0, _clock.NowMs, Reply: null);
                }
            }
            await _directory.HandOverAsync(gone, sessions, heir).WaitAsync(cancellation).ConfigureAwait(false);
            await SendAsync(service, new HandOver { From = Host.Self, Users = [.. gone], Sessions = [.. sessions] }, cancellation)
                .ConfigureAwait(false);
        }
        return true;
    }

    private async Task SendAsync(IGatewayService service, HandOver sessions, CancellationToken cancellation)
    {
        for (var i = 0; i < HandOverAttempts; i++)
        {
            try
            {
                await service.TakeOverAsync(sessions).WaitAsync(cancellation).ConfigureAwait(false);
                return;
            }
            catch (Exception failure) when (failure is not (OutOfMemoryException or OperationCanceledException))
            {
                // Sessions that arrived already are not taken in twice.
                _instruments.Retried("take-over");
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time, cancellation).ConfigureAwait(false);
            }
        }
    }

    private void ForgetMoved()
    {
        foreach (var (user, moved) in _moved)
        {
            if (_clock.NowMs - moved.AtMs > _rules.GraceMs)
            {
                _moved.TryRemove(user, out _);
            }
            else if (moved.Reply is not null && _clock.NowMs - moved.AtMs > LostAnswerMs)
            {
                _moved.TryUpdate(user, moved with { Reply = null }, moved);
            }
        }
    }

    private static ExtractReply Reply(ExtractOutcome outcome, SessionTransfer? transfer) => new()
    {
        Outcome = outcome,
        Snapshot = transfer?.Snapshot,
        Kept = transfer is null ? [] : [.. transfer.Kept],
        Blocks = transfer?.Blocks,
        Heard = transfer?.Heard ?? 0,
        Unsent = transfer is null ? [] : [.. transfer.Unsent],
        Sent = transfer?.Sent ?? 0,
    };

    /// <param name="To">The gateway that has the session now.</param>
    /// <param name="Claim">Number of the claim that it was given for; 0 for none.</param>
    /// <param name="AtMs">Since when.</param>
    /// <param name="Reply">What it was given, for the case that the answer was lost.</param>
    private sealed record Departure(HostId To, long Claim, long AtMs, ExtractReply? Reply);
}
