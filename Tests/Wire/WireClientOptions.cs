using System.Net;

namespace Camdiv.Tests.Wire;

/// <summary>How a <see cref="WireClient"/> connects and behaves.</summary>
public sealed record WireClientOptions
{
    /// <summary>The subprotocols offered.</summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = ["camdiv.v1"];

    /// <summary>The <c>Origin</c> header; none when null, as for a program that is not a browser.</summary>
    public string? Origin { get; init; }

    /// <summary>Further request headers.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The local address to connect from; another 127.0.0.x stands for another client machine.</summary>
    public IPAddress? From { get; init; }

    /// <summary>Size of the socket's receive buffer, small for a slow reader; null: the system's default.</summary>
    public int? ReceiveBufferBytes { get; init; }

    /// <summary>Whether reading starts at once; otherwise after <see cref="WireClient.ResumeReading"/>.</summary>
    public bool Reading { get; init; } = true;

    /// <summary>Whether every match is acknowledged as soon as it is told.</summary>
    public bool AutoAck { get; init; } = true;

    /// <summary>The client's name in logs and messages.</summary>
    public string Name { get; init; } = "client";

    /// <summary>The log to continue, for a client that comes back; a new one when null.</summary>
    public ClientLog? Log { get; init; }

    /// <summary>Where the new log keeps the text of ids.</summary>
    public WireNames? Names { get; init; }

    /// <summary>How long an expected message may take; then its absence is the finding.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}
