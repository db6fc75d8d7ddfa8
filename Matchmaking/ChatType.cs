namespace Camdiv.Matchmaking;

/// <summary>What two strangers exchange. Each type has a waiting pool of its own.</summary>
public enum ChatType : byte
{
    /// <summary>Camera and microphone.</summary>
    Video,

    /// <summary>Microphone only.</summary>
    Audio,

    /// <summary>Text only.</summary>
    Text,
}

/// <summary>Facts about <see cref="ChatType"/>.</summary>
public static class ChatTypes
{
    /// <summary>Every chat type, in the order of its numeric value.</summary>
    public static ReadOnlySpan<ChatType> All => [ChatType.Video, ChatType.Audio, ChatType.Text];

    /// <summary>How many chat types there are.</summary>
    public const int Count = 3;
}
