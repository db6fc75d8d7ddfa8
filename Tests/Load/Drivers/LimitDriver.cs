using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Drivers;

/// <summary>Drives the bare relay: any first message asks for a partner, "1" or "0" says that it is there.</summary>
public sealed class LimitDriver(LoadLoop loop, Endpoint endpoint) : ILoadDriver
{
    /// <inheritdoc/>
    public string Name => "limit";

    /// <inheritdoc/>
    public bool RelayOnly => true;

    /// <inheritdoc/>
    public ILoadClient Create(ILoadEvents events, ClientLog log) => new Client(loop, endpoint, events);

    private sealed class Client(LoadLoop loop, Endpoint endpoint, ILoadEvents events) : ILoadClient, IConnectionEvents
    {
        private WebSocketConnection? _connection;

        public void Open()
        {
            _connection = new WebSocketConnection(loop, this);
            _connection.Open(endpoint, "/ws", null);
        }

        public void Start(string chat, string? interest = null) => _connection?.SendText("start"u8);

        public void Stop()
        {
        }

        public void Relay(ReadOnlySpan<byte> payload) => _connection?.SendText(payload);

        public void Drop() => _connection?.Drop();

        public void Close() => _connection?.Close();

        public void OnOpen() => events.OnReady(Standing.Idle);

        public void OnText(ReadOnlySpan<byte> message)
        {
            if (message.Length == 1)
            {
                events.OnMatched(initiator: message[0] == '1', default);
                return;
            }
            events.OnFrame(message);
        }

        public void OnClosed(int? code, string? fault) => events.OnClosed(code, fault);
    }
}
