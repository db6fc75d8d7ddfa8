using Camdiv.Matchmaking;

namespace Camdiv.Grains;

public sealed partial class ClusterMatchmaker
{
    // Each move of a session adds a way; more of them within one frame's flight than this is a ring.
    private const byte MostHops = 4;

    /// <summary>Takes in a batch from another gateway's stream.</summary>
    internal async Task ReceiveAsync(PeerBatch batch)
    {
        // One batch of a stream is under way at a time, so the last number tells a repetition from news.
        if (_received.TryGetValue(batch.From, out var last) && batch.Number <= last)
        {
            return;
        }
        _received[batch.From] = batch.Number;
        if (Dispatch(batch) is { } forwards)
        {
            // Answered only when passed on: the sender may switch to the new way as soon as it has the answer.
            await Task.WhenAll(forwards.Select(stream => stream.DrainedAsync())).WaitAsync(TimeSpan.FromSeconds(1), _time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    void ISessionPorts.Enqueue(Ticket ticket) => _queues[(int)ticket.Request.Chat].Enqueue(ticket);

    void ISessionPorts.Withdraw(ChatType chat, UserId user, long ticketId) => _queues[(int)chat].Withdraw(user, ticketId);

    void ISessionPorts.Publish(HostId host, MemberUpdate update)
    {
        if (_gateways.IsDead(host))
        {
            _ = FindPeerAsync(update);
        }
        else
        {
            StreamTo(host).Send(update);
        }
    }

    void ISessionPorts.BlocksChanged(UserId user, BlockSet blocks, AddressPrefix from, bool proven) =>
        _blocks.Add(user, blocks, from, proven);

    void ISessionPorts.Judge(ChatType chat, Conduct conduct) => _queues[(int)chat].Judge(conduct);

    int ISessionPorts.Waiting(ChatType chat) => _queues[(int)chat].Waiting;

    IRelayTarget ISessionPorts.Route(HostId host, UserId peer, RoomId room, IRelayTarget? former, long sent)
    {
        var stream = StreamTo(host);
        if (former is RemoteRelay relay)
        {
            relay.Redirect(stream);
            return relay;
        }
        return new RemoteRelay(room, peer, stream, sent, _rules, Host.Relay);
    }

    IRelayTarget ISessionPorts.RouteHere(RelayInbox inbox, IRelayTarget former)
    {
        if (former is not RemoteRelay relay)
        {
            return inbox;
        }
        relay.Redirect(inbox);
        return relay;
    }

    private List<PeerStream>? Dispatch(PeerBatch batch)
    {
        List<PeerStream>? forwards = null;
        ReadOnlySpan<byte> items = batch.Items;
        var next = 0;
        while (PeerItems.TryRead(ref items, out var isUpdate, out var room, out var user, out var number, out var hops, out var frame))
        {
            if (isUpdate)
            {
                Apply(batch.Updates[next++]);
            }
            else if (Host.AcceptFrame(user, room, number, frame) == RelayOutcome.Stale && _moved.TryGetValue(user, out var moved))
            {
                if (hops >= MostHops)
                {
                    _instruments.PeerFrameDropped();
                    continue;
                }
                var stream = StreamTo(moved.To);
                stream.Send(room, user, number, (byte)(hops + 1), frame, sender: null);
                if (stream.To != batch.From)
                {
                    // What goes back to the sender is not waited for, as its stream waits for the answer to this very batch.
                    (forwards ??= []).Add(stream);
                }
            }
        }
        return forwards;
    }

    private void Apply(MemberUpdate update)
    {
        if (Host.Apply(update))
        {
            return;
        }
        if (_moved.TryGetValue(update.To, out var moved) && !Host.Holds(update.To))
        {
            StreamTo(moved.To).Send(update);
        }
        else if (update.Left is null)
        {
            _ = FindPeerAsync(update);
        }
    }

    /// <summary>
    /// The peer is not where its route says: asks the directory where it is now, and tells the sender the room is over
    /// when the peer is here without that room, or nowhere.
    /// </summary>
    private async Task FindPeerAsync(MemberUpdate update)
    {
        if (!_matchmakers.AreThere)
        {
            return;
        }
        try
        {
            var place = await _directory.PartitionOf(update.To).LocateAsync(update.To).ConfigureAwait(false);
            if (place.Host is { } host && host != Host.Self)
            {
                if (!_gateways.IsDead(host))
                {
                    StreamTo(host).Send(update);
                }
                // Its gateway is dead and it has not resumed yet: away, until its grace is over or it speaks from elsewhere.
                return;
            }
            // Both may have come here from the same dead gateway, each believing the other still there.
            if (Host.Apply(update))
            {
                return;
            }
            if (update.Left is null && (place.Complete || Host.Holds(update.To)) && !_arrivals.Contains(update.To))
            {
                Answer(update.AnswerGone(Host.Self), update.FromHost);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _instruments.Retried("locate");
        }

        void Answer(MemberUpdate answer, HostId to)
        {
            if (to == Host.Self)
            {
                Host.Apply(answer);
            }
            else
            {
                StreamTo(to).Send(answer);
            }
        }
    }

    private PeerStream StreamTo(HostId host) => _streams.GetOrAdd(host, static (to, self) => new PeerStream(
        self.Host.Self, to, self._gateways, self._options, self._instruments, self._time,
        update => _ = self.FindPeerAsync(update)), this);
}
