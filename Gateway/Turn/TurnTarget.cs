using System.Net;

namespace Camdiv.Gateway.Turn;

/// <summary>How a client talks to a TURN server.</summary>
internal enum TurnTransport
{
    /// <summary><c>turn:…?transport=udp</c>.</summary>
    Udp,

    /// <summary><c>turn:…?transport=tcp</c>.</summary>
    Tcp,

    /// <summary><c>turns:…?transport=tcp</c>.</summary>
    Tls,
}

/// <summary>One way to one server, as a client would take it.</summary>
/// <param name="Region">The region's name.</param>
/// <param name="Host">The configured name; what a certificate must be for.</param>
/// <param name="Address">One of the addresses that the name resolves to.</param>
/// <param name="Port">The port.</param>
/// <param name="Transport">The transport.</param>
/// <param name="Secret">The secret to sign with.</param>
/// <param name="SecretIndex">Which of the region's secrets that is.</param>
internal sealed record TurnTarget(
    string Region, string Host, IPAddress Address, int Port, TurnTransport Transport, string Secret, int SecretIndex);

/// <summary>How a check ended.</summary>
internal enum TurnGrade
{
    /// <summary>An allocation was granted.</summary>
    Good,

    /// <summary>Granted, but something will hurt.</summary>
    Doubtful,

    /// <summary>A client gets no relay this way.</summary>
    Bad,
}

/// <summary>What a check found.</summary>
/// <param name="Region">The region's name.</param>
/// <param name="Transport">The transport; null when it never came to one.</param>
/// <param name="Where">Name, port and address.</param>
/// <param name="Grade">How it ended.</param>
/// <param name="Text">One sentence.</param>
internal sealed record TurnFinding(string Region, TurnTransport? Transport, string Where, TurnGrade Grade, string Text);

/// <summary>A check cannot go on; the message is the finding.</summary>
internal sealed class TurnFaultException(string finding) : Exception(finding);
