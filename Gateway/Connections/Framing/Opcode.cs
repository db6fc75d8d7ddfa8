namespace Camdiv.Gateway.Connections.Framing;

/// <summary>What a frame is (RFC 6455, section 5.2). The high bit marks control frames.</summary>
internal enum Opcode : byte
{
    /// <summary>Goes on with the message that a text or binary frame began.</summary>
    Continuation = 0x0,

    /// <summary>Begins a message of UTF-8.</summary>
    Text = 0x1,

    /// <summary>Begins a message of bytes.</summary>
    Binary = 0x2,

    /// <summary>Begins or answers the closing handshake.</summary>
    Close = 0x8,

    /// <summary>Asks for a pong with the same payload.</summary>
    Ping = 0x9,

    /// <summary>Answers a ping, or says that its sender is alive.</summary>
    Pong = 0xa,
}
