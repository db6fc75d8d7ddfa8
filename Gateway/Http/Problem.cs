using System.Text.Json.Serialization;

namespace Camdiv.Gateway.Http;

internal sealed record Problem(string Error)
{
    /// <summary>An error answer: <c>{"error":"…"}</c>.</summary>
    public static IResult Json(int status, string error) =>
        Results.Json(new Problem(error), HttpJsonContext.Default.Problem, statusCode: status);
}

internal sealed record StatsJson(int Online, SearchingCountsJson Searching, int Rooms);

internal sealed record SearchingCountsJson(int Video, int Audio, int Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(StatsJson))]
internal sealed partial class HttpJsonContext : JsonSerializerContext;
