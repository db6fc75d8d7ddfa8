using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>
/// One hostile client on a thread of its own: sends one kind of bytes as fast as they go, reads what comes back only for its
/// close frame, and comes back at once when it is closed; with <see cref="FloodKind.Frames"/> it goes on until it is cut.
/// </summary>
public sealed class Flooder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Uri _gateway;
    private readonly FloodKind _kind;
    private readonly IPAddress _from;
    private readonly byte[] _bytes;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stopped = new();
    private long _sent;
    private int _opened;
    private int _refused;
    private int _lost;

    /// <summary>Begins to flood.</summary>
    /// <param name="gateway">Whom.</param>
    /// <param name="kind">With what.</param>
    /// <param name="from">From which address of this machine.</param>
    public Flooder(Uri gateway, FloodKind kind, IPAddress from)
    {
        (_gateway, _kind, _from) = (gateway, kind, from);
        _bytes = FloodBytes.Of(kind, gateway);
        _thread = new Thread(Run) { IsBackground = true, Name = $"flooder ({kind})" };
        _thread.Start();
    }

    /// <summary>Bytes that left.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Connections that were served.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Handshakes that were answered by something else than 101.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Connections that ended without a close frame, or were never made.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Close frames received, by code.</summary>
    public ConcurrentDictionary<int, int> Closes { get; } = new();

    /// <summary>In words, for messages.</summary>
    public override string ToString() =>
        $"{_kind}: {Sent / 1024} kB in {Opened} connections, {Refused} refused, {Lost} lost, closed "
        + string.Join(", ", Closes.Select(close => $"{close.Value} x {close.Key}"));

    /// <summary>Ends it and awaits that.</summary>
    public void Dispose()
    {
        _stopped.Set();
        _thread.Join();
        _stopped.Dispose();
    }

    private void Run()
    {
        while (!_stopped.IsSet)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    NoDelay = true,
                    SendTimeout = (int)Patience.TotalMilliseconds,
                    ReceiveTimeout = (int)Patience.TotalMilliseconds,
                };
                // Some thousand connections a second would else use up the ports of one address.
                socket.LingerState = new LingerOption(true, 0);
                socket.Bind(new IPEndPoint(_from, 0));
                socket.Connect(IPAddress.Loopback, _gateway.Port);
                if (_kind is FloodKind.Requests or FloodKind.Headers || Shake(socket))
                {
                    Interlocked.Increment(ref _opened);
                    socket.Blocking = false;
                    Flood(socket);
                }
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref _lost);
            }
        }
    }

    private bool Shake(Socket socket)
    {
        var request = $"GET /ws HTTP/1.1\r\nHost: {_gateway.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: camdiv.v1\r\n\r\n";
        socket.Send(Encoding.ASCII.GetBytes(request));
        var answer = new byte[2_048];
        var count = 0;
        while (!answer.AsSpan(0, count).EndsWith("\r\n\r\n"u8))
        {
            var more = socket.Receive(answer, count, answer.Length - count, SocketFlags.None);
            count += more;
            if (more == 0 || (count >= 12 && !answer.AsSpan(9, 3).SequenceEqual("101"u8)))
            {
                Interlocked.Increment(ref _refused);
                return false;
            }
        }
        socket.Send(RawWebSocket.Frame(0x81, "{\"type\":\"hello\"}"u8));
        return true;
    }

    private void Flood(Socket socket)
    {
        var answers = new ServerFrames();
        var buffer = new byte[16 * 1024];
        var isHttp = _kind is FloodKind.Requests or FloodKind.Headers;
        var at = 0;
        var told = false;
        while (!_stopped.IsSet)
        {
            var portion = _kind is FloodKind.Segments or FloodKind.Headers ? 1 : _bytes.Length - at;
            var sent = socket.Send(_bytes, at, portion, SocketFlags.None, out var error);
            Interlocked.Add(ref _sent, Math.Max(0, sent));
            at = (at + Math.Max(0, sent)) % _bytes.Length;
            if (_kind == FloodKind.Headers && _stopped.Wait(TimeSpan.FromMilliseconds(20)))
            {
                return;
            }
            while (socket.Poll(error == SocketError.WouldBlock ? 2_000 : 0, SelectMode.SelectRead))
            {
                error = SocketError.Success;
                var count = socket.Receive(buffer, 0, buffer.Length, SocketFlags.None, out var failure);
                if (count == 0 || failure != SocketError.Success)
                {
                    Interlocked.Add(ref _lost, told ? 0 : 1);
                    return;
                }
                if (!isHttp && !told)
                {
                    answers.Take(buffer.AsSpan(0, count));
                }
            }
            if (answers.CloseCode is { } code && !told)
            {
                told = true;
                Closes.AddOrUpdate(code, 1, static (_, times) => times + 1);
            }
            if (told && _kind != FloodKind.Frames)
            {
                return;
            }
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                Interlocked.Add(ref _lost, told ? 0 : 1);
                return;
            }
        }
    }
}
