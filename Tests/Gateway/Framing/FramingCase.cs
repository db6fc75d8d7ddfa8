namespace Camdiv.Tests.Gateway.Framing;

/// <summary>One case of the public Autobahn fuzzing suite: what a client writes, and what it must meet.</summary>
/// <param name="Number">The case's number there.</param>
/// <param name="Frames">The client's bytes, a frame each.</param>
/// <param name="Expected">Events, see <see cref="Outcome"/>; a failed connection's last one is its close frame.</param>
internal sealed record FramingCase(string Number, byte[][] Frames, params string[] Expected)
{
    /// <summary>How the connection ends: by the last thing expected.</summary>
    public string End => Expected switch
    {
        [.., "close 1002" or "close 1007"] when !IsPeersCode => "fault",
        [.., var last] when last.StartsWith("close", StringComparison.Ordinal) => "close",
        _ => "lost",
    };

    /// <summary>Whether a 1002 or 1007 at the end is the client's own, echoed.</summary>
    public bool IsPeersCode { get; init; }
}
