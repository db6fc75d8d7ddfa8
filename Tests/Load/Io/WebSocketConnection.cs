using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Camdiv.Tests.Load.Io;

/// <summary>What a connection tells its owner; all on the loop's thread.</summary>
internal interface IConnectionEvents
{
    /// <summary>The handshake is made.</summary>
    void OnOpen();

    /// <summary>A text message; the bytes are valid during the call.</summary>
    void OnText(ReadOnlySpan<byte> message);

    /// <summary>The connection is over, once, unless the owner dropped it.</summary>
    /// <param name="code">The server's close code; null when it ended without one.</param>
    /// <param name="fault">What went wrong beneath the protocol, if anything.</param>
    void OnClosed(int? code, string? fault);
}

/// <summary>
/// One client WebSocket on the loop: about a hundred bytes while nothing is under way. It reads into the loop's buffer and
/// holds one of its own only for an incomplete frame or a write that the system did not take whole.
/// </summary>
internal sealed unsafe partial class WebSocketConnection(LoadLoop loop, IConnectionEvents owner)
{
    private const int MostUnsent = 8 * 1024 * 1024;

    // Its own thread's scratch: frames are built, sent and forgotten before the next.
    [ThreadStatic]
    private static byte[]? _scratch;

    private int _descriptor = -1;
    private int _slot;
    private Stage _stage;
    private bool _watchingWrites;
    private byte[]? _partial;
    private int _partialCount;
    private byte[]? _message;
    private int _messageCount;
    private byte[]? _unsent;
    private int _unsentCount;
    private string _request = "";

    private enum Stage : byte
    {
        New,
        Connecting,
        Handshaking,
        Open,
        Closing,
        Ended,
    }

    /// <summary>Whether messages can be sent.</summary>
    public bool IsOpen => _stage == Stage.Open;

    /// <summary>Connects and asks for an upgrade of <paramref name="path"/>.</summary>
    public void Open(Endpoint endpoint, string path, string? subprotocol)
    {
        _request = $"GET {path} HTTP/1.1\r\nHost: {endpoint.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + (subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n") + "\r\n";
        _descriptor = Native.Socket(endpoint.Family, Native.StreamNonBlockingCloseOnExec, 0);
        if (_descriptor < 0)
        {
            End(null, "socket: " + Marshal.GetLastPInvokeErrorMessage());
            return;
        }
        SetOption(Native.LevelTcp, Native.TcpNoDelay, 1);
        var source = endpoint.NextSource();
        if (source.Length > 0)
        {
            SetOption(Native.LevelIp, Native.BindAddressNoPort, 1);
            fixed (byte* address = source)
            {
                Native.Bind(_descriptor, address, source.Length);
            }
        }
        fixed (byte* target = endpoint.Target)
        {
            if (Native.Connect(_descriptor, target, endpoint.Target.Length) < 0
                && Marshal.GetLastPInvokeError() != Native.InProgress)
            {
                End(null, "connect: " + Marshal.GetLastPInvokeErrorMessage());
                return;
            }
        }
        _stage = Stage.Connecting;
        _watchingWrites = true;
        _slot = loop.Register(this, _descriptor, writing: true);
    }

    /// <summary>Room for a message of at most this many bytes; to be filled before <see cref="SendText"/>.</summary>
    public static Span<byte> Compose(int most)
    {
        if (_scratch is null || _scratch.Length < most + WebSocketFraming.MostHeader)
        {
            _scratch = new byte[Math.Max(80 * 1024, most + WebSocketFraming.MostHeader)];
        }
        return _scratch.AsSpan(WebSocketFraming.MostHeader, most);
    }

    /// <summary>Sends what was written into <see cref="Compose"/>'s room.</summary>
    public void SendText(int length) => Send(WebSocketFraming.Text, length);

    /// <summary>Sends a text message.</summary>
    public void SendText(ReadOnlySpan<byte> message)
    {
        message.CopyTo(Compose(message.Length));
        SendText(message.Length);
    }

    /// <summary>Begins an orderly close.</summary>
    public void Close()
    {
        if (_stage == Stage.Open)
        {
            BinaryPrimitives.WriteUInt16BigEndian(Compose(2), 1000);
            Send(WebSocketFraming.Close, 2);
            _stage = Stage.Closing;
        }
        else if (_stage is Stage.Connecting or Stage.Handshaking)
        {
            End(null, null);
        }
    }

    /// <summary>Resets the connection; the owner hears nothing more.</summary>
    public void Drop()
    {
        if (_stage != Stage.Ended && _descriptor >= 0)
        {
            // Linger of zero seconds makes close() a reset.
            SetOption(Native.LevelSocket, Native.OptionLinger, 1);
            Release();
        }
        _stage = Stage.Ended;
    }

    internal void OnEvents(uint events)
    {
        if (_stage == Stage.Connecting && (events & ~Native.In) != 0 && !FinishConnect())
        {
            return;
        }
        if ((events & Native.Out) != 0 && _unsent is not null)
        {
            Flush();
        }
        // Anything but "writable" is read: data, the end, or the error that recv reports.
        if ((events & ~Native.Out) != 0 && _descriptor >= 0)
        {
            Receive();
        }
    }

    private bool FinishConnect()
    {
        int error = 0, size = sizeof(int);
        Native.GetOption(_descriptor, Native.LevelSocket, Native.OptionError, &error, &size);
        if (error != 0)
        {
            End(null, "connect: " + Marshal.GetPInvokeErrorMessage(error));
            return false;
        }
        _stage = Stage.Handshaking;
        WatchWrites(false);
        Write(Encoding.ASCII.GetBytes(_request));
        _request = "";
        return _descriptor >= 0;
    }

    private void SetOption(int level, int option, long value) =>
        Native.SetOption(_descriptor, level, option, &value, option == Native.OptionLinger ? sizeof(long) : sizeof(int));

    private void End(int? code, string? fault)
    {
        if (_stage == Stage.Ended)
        {
            return;
        }
        _stage = Stage.Ended;
        Release();
        owner.OnClosed(code, fault);
    }

    private void Release()
    {
        if (_descriptor >= 0)
        {
            if (_slot > 0)
            {
                loop.Unregister(_slot);
            }
            Native.Close(_descriptor);
            _descriptor = -1;
        }
        Return(ref _partial);
        Return(ref _message);
        Return(ref _unsent);
    }

    private static void Return(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
