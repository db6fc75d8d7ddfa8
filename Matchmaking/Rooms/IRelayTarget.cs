namespace Camdiv.Matchmaking;

/// <summary>Where a room's frames for one member go: its inbox here, or the way to its gateway.</summary>
public interface IRelayTarget
{
    /// <summary>Takes one frame, byte for byte; the bytes are not referenced after the call returns.</summary>
    RelayOutcome Accept(ReadOnlySpan<byte> frame);
}

/// <summary>A way to a peer elsewhere, which has frames under way when its sender moves on.</summary>
public interface IRemoteRoute : IRelayTarget
{
    /// <summary>Whether every frame sent has been answered for.</summary>
    bool IsIdle { get; }

    /// <summary>Takes nothing any more, and gives out what it kept, oldest first, and the last number it used.</summary>
    (byte[][] Unsent, long Sent) CloseAndTake();
}
