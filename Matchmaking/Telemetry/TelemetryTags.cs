using System.Diagnostics.Metrics;

namespace Camdiv.Matchmaking;

/// <summary>Tags that several areas' measurements bear. None names a user, a room or an address.</summary>
public static class TelemetryTags
{
    private static readonly KeyValuePair<string, object?>[] Chats =
        [.. ChatTypes.All.ToArray().Select(chat => new KeyValuePair<string, object?>("camdiv.chat", chat.ToString().ToLowerInvariant()))];

    /// <summary>The tag <c>camdiv.chat</c>: <c>video</c>, <c>audio</c> or <c>text</c>.</summary>
    public static KeyValuePair<string, object?> Of(ChatType chat) => Chats[(int)chat];

    /// <summary>A measurement with one tag.</summary>
    public static Measurement<long> Tagged(long value, string tag, string word) =>
        new(value, new KeyValuePair<string, object?>(tag, word));
}
