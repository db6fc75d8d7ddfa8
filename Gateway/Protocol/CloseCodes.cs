namespace Camdiv.Gateway.Protocol;

/// <summary>WebSocket close codes of <c>camdiv.v1</c>.</summary>
public static class CloseCodes
{
    /// <summary>The client closed, or nothing is wrong.</summary>
    public const int Normal = 1000;

    /// <summary>A frame above the size limit.</summary>
    public const int FrameTooLarge = 1009;

    /// <summary>The server failed at something nobody foresaw: reconnect, same session.</summary>
    public const int Failed = 1011;

    /// <summary>The server restarts or cannot serve now: reconnect with jitter, same session.</summary>
    public const int Restarting = 1012;

    /// <summary>Protocol misuse: stop.</summary>
    public const int Misuse = 4400;

    /// <summary>The identity has reached its longest life: reconnect without a session.</summary>
    public const int SessionOver = 4401;

    /// <summary>No <c>hello</c> in time: reconnect.</summary>
    public const int HelloTimeout = 4408;

    /// <summary>Replaced by a newer connection of the same session: stop.</summary>
    public const int Replaced = 4409;

    /// <summary>The outbound queue ran over its bound: reconnect, resume.</summary>
    public const int SlowConsumer = 4413;

    /// <summary>Too many frames, connections or sessions: back off.</summary>
    public const int TooMany = 4429;
}
