using System.Net.WebSockets;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections;
using Camdiv.Gateway.Connections.Metering;
using Camdiv.Tests.Kit;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Camdiv.Tests.Unit.Gateway.Connections;

public sealed class WebSocketClientSocketTests : IDisposable
{
    private readonly DefaultHttpContext _context = new();
    private readonly Lifetime _connection = new();
    private readonly Lifetime _request = new();
    private readonly ManualTimeProvider _time = new();
    private readonly WebSocket _webSocket = WebSocket.CreateFromStream(new MemoryStream(), new WebSocketCreationOptions { IsServer = true });

    public WebSocketClientSocketTests()
    {
        _context.Features.Set<IConnectionLifetimeFeature>(_connection);
        _context.Features.Set<IHttpRequestLifetimeFeature>(_request);
    }

    public void Dispose() => _webSocket.Dispose();

    [Fact]
    public void An_abort_after_the_request_harms_nobody()
    {
        // A pending write's failure reaches the queue when the request, and its context, may be over.
        var socket = Create("HTTP/1.1");
        socket.AbortAfter(TimeSpan.FromSeconds(2), _time);
        _context.Uninitialize();
        _webSocket.Dispose();
        socket.Abort();
        Assert.Equal(1, _connection.Aborts);
    }

    [Fact]
    public void A_connection_that_does_not_end_is_cut()
    {
        Create("HTTP/1.1").AbortAfter(TimeSpan.FromSeconds(2), _time);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _connection.Aborts);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _connection.Aborts);
    }

    [Fact]
    public void A_connection_that_ends_is_not()
    {
        Create("HTTP/1.1").AbortAfter(TimeSpan.FromSeconds(2), _time);
        _connection.Close();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, _connection.Aborts);
    }

    [Fact]
    public void Where_requests_share_a_connection_only_the_request_is_cut_and_only_while_it_lasts()
    {
        var socket = Create("HTTP/2");
        socket.Abort();
        Assert.Equal((0, 1), (_connection.Aborts, _request.Aborts));
        socket.AbortAfter(TimeSpan.FromSeconds(2), _time);
        _time.Advance(TimeSpan.FromSeconds(2));
        socket.Abort();
        Assert.Equal((0, 1), (_connection.Aborts, _request.Aborts));
    }

    private WebSocketClientSocket Create(string protocol)
    {
        _context.Request.Protocol = protocol;
        return new WebSocketClientSocket(_webSocket, _context, new InputMeter(new GatewayLimits(), _time));
    }

    private sealed class Lifetime : IConnectionLifetimeFeature, IHttpRequestLifetimeFeature
    {
        private readonly CancellationTokenSource _closed = new();

        public int Aborts { get; private set; }

        public CancellationToken ConnectionClosed
        {
            get => _closed.Token;
            set => throw new NotSupportedException();
        }

        public CancellationToken RequestAborted
        {
            get => _closed.Token;
            set => throw new NotSupportedException();
        }

        public void Abort() => Aborts++;

        public void Close() => _closed.Cancel();
    }
}
