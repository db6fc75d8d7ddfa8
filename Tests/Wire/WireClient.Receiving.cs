using System.Net.WebSockets;

namespace Camdiv.Tests.Wire;

public sealed partial class WireClient
{
    /// <summary>
    /// Awaits the next frame that fits, from where the last expectation stopped. Frames in between are passed over; they
    /// stay in <see cref="All"/>.
    /// </summary>
    /// <param name="predicate">What fits.</param>
    /// <param name="what">What is awaited, in words, for the message when it does not come.</param>
    /// <param name="timeout">How long to wait; <see cref="WireClientOptions.Patience"/> when null.</param>
    public async Task<Received> NextAsync(Predicate<Received> predicate, string what, TimeSpan? timeout = null)
    {
        var from = _cursor;
        using var limit = new CancellationTokenSource(timeout ?? _options.Patience);
        while (true)
        {
            Task arrived;
            lock (_received)
            {
                for (; _cursor < _received.Count; _cursor++)
                {
                    if (predicate(_received[_cursor]))
                    {
                        return _received[_cursor++];
                    }
                }
                arrived = _arrived.Task;
            }
            if (_closed.Task.IsCompleted && arrived == _arrived.Task)
            {
                throw new InvalidOperationException($"{Name}: the connection ended before {what} came.{Describe(from)}");
            }
            try
            {
                await Task.WhenAny(arrived, _closed.Task).WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{Name}: {what} did not come in time.{Describe(from)}");
            }
        }
    }

    /// <summary>Awaits the very next frame and insists on its type.</summary>
    public async Task<Received> ExpectAsync(string type, TimeSpan? timeout = null) =>
        Insist(type, await NextAsync(_ => true, type, timeout).ConfigureAwait(false));

    /// <summary>
    /// Awaits a match. <c>searching</c> may come before it, where a first attempt at pairing met somebody who had just
    /// gone; nothing else may.
    /// </summary>
    public async Task<Received> MatchedAsync(TimeSpan? timeout = null) =>
        Insist("matched", await NextAsync(message => message.Type != "searching", "matched", timeout).ConfigureAwait(false));

    /// <summary>Awaits the very next frame and insists that it is <c>peer-left</c> of a room with a reason.</summary>
    public async Task<Received> ExpectLeftAsync(string room, string reason, TimeSpan? timeout = null)
    {
        var left = await ExpectAsync("peer-left", timeout).ConfigureAwait(false);
        return left.Room == room && left.Reason == reason
            ? left
            : throw new InvalidOperationException($"{Name}: peer-left of {room} for {reason} was due, but this came: {left}");
    }

    /// <summary>Awaits the very next frame and insists that it is <c>error</c> with a code.</summary>
    public async Task<Received> ExpectErrorAsync(string code, bool fatal = false)
    {
        var error = await ExpectAsync("error").ConfigureAwait(false);
        return error.Code == code && error.Is("fatal") == fatal && error.String("message") is not null
            ? error
            : throw new InvalidOperationException(
                $"{Name}: error {code} with fatal {fatal} and a message was due, but this came: {error}");
    }

    /// <summary>Awaits the very next frame and insists that it is a relay frame of a room with a payload.</summary>
    public async Task<Received> ExpectFrameAsync(string payload, string? room = null, TimeSpan? timeout = null)
    {
        var frame = await NextAsync(_ => true, $"the relay frame '{Brief(payload)}'", timeout).ConfigureAwait(false);
        return frame.Payload == payload && frame.Room == (room ?? Room)
            ? frame
            : throw new InvalidOperationException(
                $"{Name}: the relay frame '{Brief(payload)}' was due, but this came: {frame}");
    }

    private static string Brief(string text) => text.Length > 100 ? text[..100] + "..." : text;

    private async Task ReceiveAsync()
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                await _reading.Task.ConfigureAwait(false);
                var part = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None)
                    .ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }
                length += part.Count;
                if (part.EndOfMessage)
                {
                    await TakeAsync(buffer.AsMemory(0, length), part.MessageType == WebSocketMessageType.Binary)
                        .ConfigureAwait(false);
                    length = 0;
                }
                else if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
            await AnswerCloseAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The log and the closing say that the connection ended without a close frame.
        }
        finally
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Log.Closed();
            }
            _closed.TrySetResult(new WireClosing((int?)_socket.CloseStatus, _socket.CloseStatusDescription, Elapsed));
        }
    }

    private async Task AnswerCloseAsync()
    {
        if (_socket.State == WebSocketState.CloseReceived)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None)
                .ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> bytes, bool binary)
    {
        Received frame;
        TaskCompletionSource arrived;
        lock (_received)
        {
            frame = new Received(_received.Count, Elapsed, bytes.Span, binary);
            Note(frame);
            _received.Add(frame);
            arrived = _arrived;
            _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        if (frame.Type == "matched" && _options.AutoAck)
        {
            try
            {
                await AckAsync(frame.Room).ConfigureAwait(false);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The connection ended meanwhile; what is left of it is still read.
            }
        }
        arrived.SetResult();
    }

    private void Note(Received frame)
    {
        switch (frame.Type)
        {
            case null when frame.Payload is not null:
                Log.Frame(Log.Id(frame.Room));
                break;
            case "welcome":
                User = frame.String("user") ?? "";
                Session = frame.String("session") ?? "";
                Room = frame.Has("match") ? frame.Json.GetProperty("match").GetProperty("room").GetString() ?? "" : Room;
                Log.Welcomed(User, frame.State ?? "", frame.State == "in-room" ? Room : null);
                break;
            case "session":
                Session = frame.String("session") ?? Session;
                break;
            case "searching":
                Log.Searching(LogCodes.Chat(frame.Chat), frame.Is("requeued"));
                break;
            case "matched":
                Room = frame.Room ?? "";
                Log.Matched(Log.Id(frame.Room), frame.Self, frame.Peer, frame.Initiator, LogCodes.Chat(frame.Chat));
                break;
            case "peer-left":
                Log.PeerLeft(Log.Id(frame.Room), LogCodes.Reason(frame.Reason));
                break;
            case "peer-away" or "peer-back":
                Log.PeerMoved(Log.Id(frame.Room), frame.Type == "peer-away");
                break;
            case "error":
                Log.Error();
                break;
        }
    }

    private Received Insist(string type, Received next) => next.Type == type
        ? next
        : throw new InvalidOperationException($"{Name}: {type} was due, but this came: {next}");
}
