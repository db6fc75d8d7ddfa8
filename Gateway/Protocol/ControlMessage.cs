using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Protocol;

/// <summary>A client's control message, parsed and checked.</summary>
internal abstract record ControlMessage;

/// <summary>First frame: who the client is.</summary>
internal sealed record HelloMessage(string? Session, RoomId? Room, string? Client) : ControlMessage;

/// <summary>Look for a stranger.</summary>
internal sealed record StartMessage(SearchRequest Request) : ControlMessage;

/// <summary>Leave queue or room.</summary>
internal sealed record StopMessage : ControlMessage
{
    public static readonly StopMessage Instance = new();
}

/// <summary>The match arrived.</summary>
internal sealed record AckMessage(RoomId Room) : ControlMessage;

/// <summary>Media flows. <paramref name="Candidate"/> and <paramref name="Protocol"/> are interned protocol words.</summary>
internal sealed record ConnectedMessage(RoomId Room, string Candidate, string Protocol, double Ms) : ControlMessage;

/// <summary>A complaint about the present or last peer.</summary>
internal sealed record ReportMessage(RoomId Room, string Reason) : ControlMessage;

/// <summary>Never again this peer.</summary>
internal sealed record BlockMessage(RoomId Room) : ControlMessage;

/// <summary>The identity is to end.</summary>
internal sealed record ForgetMessage : ControlMessage
{
    public static readonly ForgetMessage Instance = new();
}

/// <summary>What is wrong with a frame: an error code and a sentence for the client's developer.</summary>
internal readonly record struct FrameFault(string Code, string Message);
