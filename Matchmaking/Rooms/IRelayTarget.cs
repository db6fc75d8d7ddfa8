namespace Camdiv.Matchmaking;

/// <summary>Where a room's frames for one member go: its inbox here, or the way to its gateway.</summary>
public interface IRelayTarget
{
    /// <summary>Takes one frame, byte for byte; the bytes are not referenced after the call returns.</summary>
    RelayOutcome Accept(ReadOnlySpan<byte> frame);
}
