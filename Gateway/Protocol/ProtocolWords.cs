using System.Collections.Immutable;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Protocol;

/// <summary>The protocol's words for enumerations; each list is in the order of the enumeration's values.</summary>
internal static class ProtocolWords
{
    public static readonly ImmutableArray<string> Chats = ["video", "audio", "text"];
    public static readonly ImmutableArray<string> States = ["idle", "searching", "in-room"];
    public static readonly ImmutableArray<string> LeaveReasons = ["next", "stop", "gone", "unresponsive", "blocked"];

    public static string Of(ChatType chat) => Chats[(int)chat];

    public static string Of(ClientState state) => States[(int)state];

    public static string Of(LeaveReason reason) => LeaveReasons[(int)reason];
}
