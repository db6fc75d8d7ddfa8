using System.Text.Json.Serialization;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Storage;

/// <summary>Generated serializers of what the backup keeps.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(SessionSnapshot))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class BackupJson : JsonSerializerContext;
