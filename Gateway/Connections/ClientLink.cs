using Camdiv.Gateway.Protocol;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections;

/// <summary>What the engine holds of a connection: events become frames in the outbound queue.</summary>
internal sealed class ClientLink(OutboundQueue outbound, int maxFrameBytes) : IClientLink
{
    private string? _session;

    public bool IsAlive => outbound.IsOpen;

    /// <summary>Sets the token that the welcome is to carry.</summary>
    public void OfferSession(string token) => _session = token;

    public bool Deliver(ServerEvent message) => message is Welcome welcome
        ? outbound.Send(MessageWriter.Write(welcome, Interlocked.Exchange(ref _session, null) ?? "", maxFrameBytes))
        : outbound.Send(MessageWriter.Write(message));

    public bool DeliverFrame(ReadOnlySpan<byte> frame) => outbound.Send(frame);

    public void Close(LinkCloseReason reason) =>
        outbound.Close(new CloseCause(CloseCodes.Replaced, "replaced by a newer connection of this session"));
}
