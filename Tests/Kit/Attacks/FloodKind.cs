namespace Camdiv.Tests.Kit.Attacks;

/// <summary>What a <see cref="Flooder"/> sends without end.</summary>
public enum FloodKind
{
    /// <summary>Empty pings.</summary>
    Pings,

    /// <summary>Empty pongs, which nobody asked for.</summary>
    Pongs,

    /// <summary>Whole, legal messages in fragments of one byte.</summary>
    Fragments,

    /// <summary>Small relay frames, far beyond the rate.</summary>
    Frames,

    /// <summary>Relay frames of the largest size.</summary>
    Bulk,

    /// <summary>One endless legal frame in TCP segments of one byte.</summary>
    Segments,

    /// <summary>Pipelined HTTP requests, no WebSocket at all.</summary>
    Requests,

    /// <summary>Request headers, a byte at a time.</summary>
    Headers,
}
