namespace Camdiv.Gateway.Protocol;

/// <summary>Values of <c>code</c> in an <c>error</c> message of <c>camdiv.v1</c>.</summary>
public static class ErrorCodes
{
    /// <summary>The frame is not a frame of the protocol, or comes at the wrong time.</summary>
    public const string BadMessage = "bad-message";

    /// <summary>A field is missing, of a wrong type or out of its bounds.</summary>
    public const string BadField = "bad-field";

    /// <summary>No message has this <c>type</c>.</summary>
    public const string UnknownType = "unknown-type";

    /// <summary>The room is neither the present nor the last one.</summary>
    public const string NotInRoom = "not-in-room";

    /// <summary>Too many frames in a short time.</summary>
    public const string RateLimited = "rate-limited";

    /// <summary>The server holds as many sessions as it may.</summary>
    public const string TooManySessions = "too-many-sessions";

    /// <summary>The server cannot do it now.</summary>
    public const string Unavailable = "unavailable";
}
