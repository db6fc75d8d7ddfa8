using System.IO.Pipelines;
using System.Net.WebSockets;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections.Framing;
using Camdiv.Gateway.Connections.Metering;
using Microsoft.AspNetCore.Connections.Features;

namespace Camdiv.Tests.Gateway.Framing;

/// <summary>What a server made of a client's bytes.</summary>
/// <param name="Events">Messages and control frames in words: what the server wrote, and binary messages it received.</param>
/// <param name="End"><c>close</c>, <c>fault</c> (the client broke the RFC) or <c>lost</c> (its bytes ended).</param>
internal sealed record Outcome(IReadOnlyList<string> Events, string End);

/// <summary>
/// Answers each text with the same text and each close with a close, on the bare framing. Binary messages, which the
/// gateway never sends, are only noted.
/// </summary>
internal static class EchoServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly KeepAliveTimes Never = new(TimeSpan.FromDays(1), TimeSpan.FromDays(2));

    /// <summary>Runs on this project's framing.</summary>
    public static async Task<Outcome> RunAsync(IEnumerable<ReadOnlyMemory<byte>> portions, int bufferBytes = 4096)
    {
        var stream = new ScriptedStream(portions);
        var transport = new Transport(PipeReader.Create(stream), PipeWriter.Create(stream));
        var socket = new FramedSocket(transport, new Lifetime(), Never, Unbounded(), TimeProvider.System);
        var binary = new List<string>();
        var end = await InTimeAsync(ServeAsync(socket, binary, bufferBytes));
        await transport.Output.CompleteAsync();
        return new Outcome([.. Frames.Describe(stream.Written), .. binary], end);
    }

    /// <summary>A meter that nothing exceeds; turns still end.</summary>
    public static InputMeter Unbounded() => new(
        new GatewayLimits { FrameBurst = int.MaxValue, ByteBurst = int.MaxValue }, TimeProvider.System);

    /// <summary>Runs on the framework's WebSocket, to compare.</summary>
    public static async Task<Outcome> RunFrameworkAsync(IEnumerable<ReadOnlyMemory<byte>> portions, int bufferBytes = 4096)
    {
        var stream = new ScriptedStream(portions);
        using var socket = WebSocket.CreateFromStream(
            stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
        var binary = new List<string>();
        var end = await InTimeAsync(ServeAsync(socket, binary, bufferBytes));
        return new Outcome([.. Frames.Describe(stream.Written), .. binary], end);
    }

    /// <summary>Serves a socket of this project's framing until it ends.</summary>
    public static async Task<string> ServeAsync(FramedSocket socket, List<string> binary, int bufferBytes)
    {
        try
        {
            var buffer = new byte[bufferBytes];
            while (true)
            {
                var message = new MemoryStream();
                var part = await socket.ReceiveAsync(Memory<byte>.Empty);
                Assert.Equal(0, part.Count);
                while (part is { EndOfMessage: false, MessageType: not WebSocketMessageType.Close })
                {
                    part = await socket.ReceiveAsync(buffer);
                    message.Write(buffer, 0, part.Count);
                }
                switch (part.MessageType)
                {
                    case WebSocketMessageType.Close:
                        await socket.CloseAsync(1000, "");
                        return "close";
                    case WebSocketMessageType.Text:
                        await socket.SendTextAsync(message.ToArray(), more: false);
                        break;
                    default:
                        binary.Add("binary " + Frames.Words(message.ToArray()));
                        break;
                }
            }
        }
        catch (WebSocketException exception)
        {
            return exception.WebSocketErrorCode == WebSocketError.Faulted ? "fault" : "lost";
        }
    }

    private static async Task<string> ServeAsync(WebSocket socket, List<string> binary, int bufferBytes)
    {
        try
        {
            var buffer = new byte[bufferBytes];
            while (true)
            {
                var message = new MemoryStream();
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                    message.Write(buffer, 0, part.Count);
                }
                while (part is { EndOfMessage: false, MessageType: not WebSocketMessageType.Close });
                switch (part.MessageType)
                {
                    case WebSocketMessageType.Close:
                        await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.Empty, null, CancellationToken.None);
                        return "close";
                    case WebSocketMessageType.Text:
                        await socket.SendAsync(message.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
                        break;
                    default:
                        binary.Add("binary " + Frames.Words(message.ToArray()));
                        break;
                }
            }
        }
        catch (WebSocketException exception)
        {
            return exception.WebSocketErrorCode == WebSocketError.Faulted ? "fault" : "lost";
        }
    }

    private static async Task<string> InTimeAsync(Task<string> served)
    {
        try
        {
            return await served.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException("The server neither answered nor ended after the client's last byte.");
        }
    }

    /// <summary>Two pipes as a connection's transport.</summary>
    internal sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>A connection's switch.</summary>
    internal sealed class Lifetime : IConnectionLifetimeFeature
    {
        private readonly CancellationTokenSource _closed = new();

        /// <summary>Whether the connection was cut.</summary>
        public bool IsAborted { get; private set; }

        public CancellationToken ConnectionClosed
        {
            get => _closed.Token;
            set => throw new NotSupportedException();
        }

        public void Abort() => IsAborted = true;
    }
}
