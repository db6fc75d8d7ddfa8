using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Camdiv.Tests.Wire;

/// <summary>
/// A client of the wire protocol for tests, written from the protocol's text alone. It keeps everything it received in
/// order; expectations read on from where the last one stopped.
/// </summary>
public sealed partial class WireClient : IAsyncDisposable
{
    private readonly WireClientOptions _options;
    private readonly ClientWebSocket _socket = new();
    private readonly HttpMessageInvoker _http;
    private readonly List<Received> _received = [];
    private readonly TaskCompletionSource<WireClosing> _closed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _sending = new(1);
    private readonly long _openedAt = Stopwatch.GetTimestamp();
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? _transport;
    private Task _receiving = Task.CompletedTask;
    private int _cursor;
    private int _ended;

    private WireClient(WireClientOptions options)
    {
        _options = options;
        Log = options.Log ?? new ClientLog(options.Name, options.Names);
        _http = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = OpenAsync, UseProxy = false });
        if (options.Reading)
        {
            _reading.SetResult();
        }
    }

    /// <summary>What the client did and was told, for the invariant checker.</summary>
    public ClientLog Log { get; }

    /// <summary>The client's name in messages.</summary>
    public string Name => Log.Name;

    /// <summary>The user id of the newest <c>welcome</c>.</summary>
    public string User { get; private set; } = "";

    /// <summary>The session token of the newest <c>welcome</c>.</summary>
    public string Session { get; private set; } = "";

    /// <summary>The room of the newest <c>matched</c>, or of <c>welcome</c>.</summary>
    public string Room { get; private set; } = "";

    /// <summary>The subprotocol the server chose.</summary>
    public string? Subprotocol => _socket.SubProtocol;

    /// <summary>Everything received so far.</summary>
    public IReadOnlyList<Received> All
    {
        get
        {
            lock (_received)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>Opens a connection; nothing is sent on it yet.</summary>
    /// <param name="gateway">The gateway's address, as <c>http</c> or <c>ws</c>.</param>
    /// <param name="options">How to connect and behave.</param>
    /// <exception cref="HandshakeRefusedException">The server refused the handshake.</exception>
    public static async Task<WireClient> OpenAsync(Uri gateway, WireClientOptions? options = null)
    {
        var client = new WireClient(options ?? new WireClientOptions());
        await client.ConnectAsync(gateway).ConfigureAwait(false);
        return client;
    }

    /// <summary>Opens a connection, says <c>hello</c> and awaits <c>welcome</c>.</summary>
    public static async Task<WireClient> JoinAsync(
        Uri gateway, WireClientOptions? options = null, string? session = null, string? room = null)
    {
        var client = await OpenAsync(gateway, options).ConfigureAwait(false);
        await client.HelloAsync(session, room).ConfigureAwait(false);
        await client.ExpectAsync("welcome").ConfigureAwait(false);
        return client;
    }

    /// <summary>Opens another connection for the same person: same session, same log.</summary>
    public Task<WireClient> ReturnAsync(Uri gateway, WireClientOptions? options = null) =>
        JoinAsync(gateway, (options ?? _options) with { Log = Log }, Session, Room.Length > 0 ? Room : null);

    /// <summary>Cuts the connection beneath the protocol: no close frame, a reset at the server.</summary>
    public async Task DropAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            Log.Dropped();
            CutTransport();
        }
        _socket.Abort();
        ResumeReading();
        await _receiving.ConfigureAwait(false);
    }

    /// <summary>Closes in order with code 1000 and awaits the server's answer.</summary>
    public async Task CloseAsync()
    {
        ResumeReading();
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            try
            {
                using var limit = new CancellationTokenSource(_options.Patience);
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token)
                    .ConfigureAwait(false);
                await _closed.Task.WaitAsync(_options.Patience).ConfigureAwait(false);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or TimeoutException)
            {
                // The server may be gone already; the log says how the connection ended.
            }
        }
    }

    /// <summary>Awaits the end of the connection.</summary>
    public async Task<WireClosing> ClosedAsync(TimeSpan? timeout = null)
    {
        try
        {
            return await _closed.Task.WaitAsync(timeout ?? _options.Patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Name}: the connection was not closed in time.{Describe(0)}");
        }
    }

    /// <summary>Awaits the end of the connection with a certain close code.</summary>
    public async Task<WireClosing> ClosedAsync(int code, TimeSpan? timeout = null)
    {
        var closing = await ClosedAsync(timeout).ConfigureAwait(false);
        return closing.Code == code
            ? closing
            : throw new InvalidOperationException(
                $"{Name}: closed with {Show(closing.Code)} ({closing.Reason}) instead of {code}.{Describe(0)}");
    }

    /// <summary>Whether the connection is open as far as the client knows.</summary>
    public bool IsOpen => !_closed.Task.IsCompleted && _socket.State == WebSocketState.Open;

    /// <summary>Stops taking bytes from the socket after the frame under way.</summary>
    public void PauseReading()
    {
        if (_reading.Task.IsCompleted)
        {
            _reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Reads on.</summary>
    public void ResumeReading() => _reading.TrySetResult();

    /// <summary>Stops, closes in order and frees the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _socket.Abort();
        ResumeReading();
        await _receiving.ConfigureAwait(false);
        _socket.Dispose();
        _http.Dispose();
    }

    private async Task ConnectAsync(Uri gateway)
    {
        foreach (var subprotocol in _options.Subprotocols)
        {
            _socket.Options.AddSubProtocol(subprotocol);
        }
        if (_options.Origin is { } origin)
        {
            _socket.Options.SetRequestHeader("Origin", origin);
        }
        foreach (var (name, value) in _options.Headers ?? new Dictionary<string, string>())
        {
            _socket.Options.SetRequestHeader(name, value);
        }
        _socket.Options.CollectHttpResponseDetails = true;
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        var address = new UriBuilder(gateway)
        {
            Scheme = gateway.Scheme is "https" or "wss" ? "wss" : "ws",
            Path = "/ws",
        };
        Log.Connecting();
        try
        {
            using var limit = new CancellationTokenSource(_options.Patience);
            await _socket.ConnectAsync(address.Uri, _http, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            Log.Closed();
            _closed.TrySetResult(new WireClosing(null, null, Elapsed));
            throw new HandshakeRefusedException((int)_socket.HttpStatusCode, e);
        }
        _receiving = Task.Run(ReceiveAsync);
    }

    private async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var target = context.DnsEndPoint;
        var address = IPAddress.TryParse(target.Host, out var parsed)
            ? parsed
            : (await Dns.GetHostAddressesAsync(target.Host, cancellation).ConfigureAwait(false))[0];
        var transport = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (_options.ReceiveBufferBytes is { } bytes)
        {
            transport.ReceiveBufferSize = bytes;
        }
        if (_options.From is { } from)
        {
            transport.Bind(new IPEndPoint(from, 0));
        }
        await transport.ConnectAsync(new IPEndPoint(address, target.Port), cancellation).ConfigureAwait(false);
        _transport = transport;
        return new NetworkStream(transport, ownsSocket: true);
    }

    private void CutTransport()
    {
        try
        {
            _transport!.LingerState = new LingerOption(true, 0);
            _transport.Close();
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The server was faster.
        }
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_openedAt);

    private static string Show(int? code) => code?.ToString(CultureInfo.InvariantCulture) ?? "no close frame";

    private string Describe(int from)
    {
        var all = All;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $" Received from here on: {all.Count - from}.");
        foreach (var frame in all.Skip(from).TakeLast(20))
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  {frame.At.TotalMilliseconds,8:f1} ms  {frame}");
        }
        if (_closed.Task.IsCompletedSuccessfully)
        {
            text.AppendLine().Append("  closed: ").Append(Show(_closed.Task.Result.Code));
        }
        return text.ToString();
    }
}
