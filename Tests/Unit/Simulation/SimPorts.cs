using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// One host's way to the rest of the cluster. Tickets of one host reach a queue in order, frames between two hosts too;
/// member updates overtake each other freely, and each other's frames.
/// </summary>
internal sealed class SimPorts(
    SimulationRun run, SimNetwork network, int host, ClusterSimEngine engine, BlockBook blocks) : ISessionPorts
{
    public void Enqueue(Ticket ticket)
    {
        var queue = engine.Queue(ticket.Request.Chat);
        queue.Coming(ticket.User);
        run.Find(ticket.User).LastTicketId = ticket.Id;
        var arrive = engine.Clocks.Send(host, ticket);
        network.SendInOrder((host, ticket.Request.Chat), () => queue.Enqueue(arrive()));
    }

    public void Withdraw(ChatType chat, UserId user, long ticketId)
    {
        var queue = engine.Queue(chat);
        queue.Coming(user);
        network.SendInOrder((host, chat), () => queue.Withdraw(user, ticketId));
    }

    public void Publish(HostId to, MemberUpdate update)
    {
        var from = run.Find(update.From);
        run.World.Trace.Note(from, update.Room, "publishes", update);
        from.UpdatesUnderWay++;
        network.Send(() =>
        {
            // Counted as arrived only afterwards: what it causes may not be judged by its absence.
            engine.Host(to).Apply(update);
            from.UpdatesUnderWay--;
        });
    }

    public void BlocksChanged(UserId user, BlockSet changed, AddressPrefix from, bool proven) =>
        blocks.Set(user, changed, from, proven);

    public IRelayTarget Route(HostId to, UserId peer, RoomId room, IRelayTarget? former, long sent) =>
        new Way(network, engine, host, to, peer, room);

    public void Judge(ChatType chat, Conduct conduct) =>
        network.SendInOrder((host, chat), () => engine.Queue(chat).Judge(conduct));

    public int Waiting(ChatType chat) => engine.Queue(chat).Count;

    private sealed class Way(
        SimNetwork network, ClusterSimEngine engine, int from, HostId to, UserId peer, RoomId room) : IRelayTarget
    {
        public RelayOutcome Accept(ReadOnlySpan<byte> frame)
        {
            var copy = frame.ToArray();
            network.SendInOrder((from, to), () => engine.Host(to).AcceptFrame(peer, room, 0, copy));
            return RelayOutcome.Delivered;
        }
    }
}
