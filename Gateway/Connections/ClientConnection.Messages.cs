using Camdiv.Gateway.Protocol;
using Camdiv.Gateway.Relay;
using Camdiv.Gateway.Sessions;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections;

/// <content>What each message of a client does.</content>
internal sealed partial class ClientConnection
{
    private ValueTask OnMessageAsync(ControlMessage message)
    {
        if (_user is not { } user)
        {
            if (message is HelloMessage hello)
            {
                return HelloAsync(hello);
            }
            Complain(new FrameFault(ErrorCodes.BadMessage, "The first frame must be 'hello'."));
            return ValueTask.CompletedTask;
        }
        switch (message)
        {
            case StartMessage start:
                user.Start(start.Request);
                break;
            case StopMessage:
                user.Stop();
                break;
            case AckMessage ack:
                user.Acknowledge(ack.Room);
                break;
            case BlockMessage block:
                if (!user.Block(block.Room))
                {
                    Decline(ErrorCodes.NotInRoom, "The room is neither the present nor the last one.");
                }
                break;
            case ConnectedMessage connected:
                Connected(user, connected);
                break;
            case ReportMessage report:
                return ReportAsync(user, report);
            case ForgetMessage:
                return ForgetAsync(user);
            default:
                Complain(new FrameFault(ErrorCodes.BadMessage, "'hello' comes once."));
                break;
        }
        return ValueTask.CompletedTask;
    }

    private async ValueTask HelloAsync(HelloMessage hello)
    {
        StopTimer(forGood: false);
        var (verdict, presented) = await _services.TokenCheck.CheckAsync(hello.Session, connects: true, _aborted)
            .ConfigureAwait(false);
        var resumed = verdict == TokenVerdict.Valid;
        var token = resumed ? _services.Tokens.Renew(presented) : _services.Tokens.Begin(UserId.New());
        _link.OfferSession(_services.Tokens.Write(token));
        try
        {
            var user = await _services.Matchmaker
                .ConnectAsync(new Arrival(token.User, resumed, hello.Room, _from), _link, _aborted).ConfigureAwait(false);
            Volatile.Write(ref _user, user);
            KeepSession(token);
            _services.Instruments.Hello(resumed);
            if (!_outbound.IsOpen)
            {
                // It closed while the engine was busy, when there was nobody yet to detach.
                user.Detach();
            }
        }
        catch (TooManySessionsException)
        {
            Refuse(ErrorCodes.TooManySessions, "The server is full.", CloseCodes.TooMany);
        }
        catch (MatchmakerUnavailableException)
        {
            Refuse(ErrorCodes.Unavailable, "The server cannot take you now.", CloseCodes.Restarting);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogConnectFailed(_services.Logger, exception);
            Refuse(ErrorCodes.Unavailable, "The server cannot take you now.", CloseCodes.Restarting);
        }
    }

    private void Relay(ReadOnlySpan<byte> frame)
    {
        if (_user is not { } user)
        {
            Complain(new FrameFault(ErrorCodes.BadMessage, "The first frame must be 'hello'."));
        }
        else if (RelayFrame.TryGetRoom(frame, out var room))
        {
            RelayOutcome outcome;
            _hold.Begin(frame.Length);
            try
            {
                outcome = user.Relay(room, frame);
            }
            finally
            {
                _hold.End();
            }
            _services.Instruments.Relayed(outcome, frame.Length);
        }
        else
        {
            Complain(new FrameFault(ErrorCodes.BadMessage, "A relay frame must be '>', a room id, '|' and a payload."));
        }
    }

    private async ValueTask ReportAsync(IUserConnection user, ReportMessage report)
    {
        try
        {
            if (await user.ReportAsync(report.Room, report.Reason, _aborted).ConfigureAwait(false) is { } id)
            {
                _outbound.Send(MessageWriter.Reported(id));
            }
            else
            {
                Decline(ErrorCodes.NotInRoom, "The room is neither the present nor the last one.");
            }
        }
        catch (TooManyReportsException)
        {
            Decline(ErrorCodes.RateLimited, "Too many reports for a day.");
        }
        catch (MatchmakerUnavailableException)
        {
            Decline(ErrorCodes.Unavailable, "The report could not be recorded; try again.");
        }
    }

    private async ValueTask ForgetAsync(IUserConnection user)
    {
        try
        {
            await _services.TokenBook.EndAsync(user.User, _aborted).ConfigureAwait(false);
            user.Forget();
            _outbound.Close(new CloseCause(CloseCodes.Normal, "forgotten"));
        }
        catch (MatchmakerUnavailableException)
        {
            Decline(ErrorCodes.Unavailable, "The identity could not be ended; try again.");
        }
    }

    private void Connected(IUserConnection user, ConnectedMessage connected)
    {
        if (user.IsInRoom(connected.Room) && _services.ConnectedOnce.IsFirst(connected.Room, user.User))
        {
            _services.Instruments.MediaConnected(connected.Candidate, connected.Protocol, connected.Ms);
        }
    }

    // A well-formed request that cannot be met: it does not count as misuse.
    private void Decline(string code, string message) =>
        _outbound.Send(MessageWriter.Error(new FrameFault(code, message), fatal: false));

    private void Refuse(string code, string message, int closeCode)
    {
        _outbound.Send(MessageWriter.Error(new FrameFault(code, message), fatal: true));
        _outbound.Close(new CloseCause(closeCode, code));
    }
}
