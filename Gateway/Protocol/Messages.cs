using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Camdiv.Gateway.Protocol;

internal sealed record WelcomeJson(
    string Type, string User, string Session, bool Resumed, string State, string? Chat, MatchJson? Match,
    int GraceMs, int MaxFrameBytes);

internal sealed record MatchJson(
    string Room, string Self, string Peer, bool Initiator, string Chat, ImmutableArray<string> Common, int AckMs);

internal sealed record MatchedJson(
    string Type, string Room, string Self, string Peer, bool Initiator, string Chat, ImmutableArray<string> Common, int AckMs);

internal sealed record SearchingJson(string Type, string Chat, int Waiting, bool Requeued);

internal sealed record PeerLeftJson(string Type, string Room, string Reason);

internal sealed record RoomJson(string Type, string Room);

internal sealed record SessionJson(string Type, string Session);

internal sealed record ReportedJson(string Type, string Id);

internal sealed record DrainingJson(string Type, int RetryMs);

internal sealed record ErrorJson(string Type, string Code, string Message, bool Fatal);

/// <summary>Generated serializers of the server's messages.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(WelcomeJson))]
[JsonSerializable(typeof(MatchedJson))]
[JsonSerializable(typeof(SearchingJson))]
[JsonSerializable(typeof(PeerLeftJson))]
[JsonSerializable(typeof(RoomJson))]
[JsonSerializable(typeof(SessionJson))]
[JsonSerializable(typeof(ReportedJson))]
[JsonSerializable(typeof(DrainingJson))]
[JsonSerializable(typeof(ErrorJson))]
internal sealed partial class MessageJsonContext : JsonSerializerContext;
