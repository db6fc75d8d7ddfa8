using System.Text.Json;
using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>The frames a page exchanged with the gateway, over all its sockets.</summary>
public sealed class SignalingLog
{
    private readonly Lock _lock = new();
    private readonly List<(bool Sent, string Text)> _frames = [];

    /// <summary>Listens to a page from before its first socket.</summary>
    public SignalingLog(IPage page) => page.WebSocket += (_, socket) =>
    {
        socket.FrameSent += (_, frame) => Take(sent: true, frame.Text ?? "");
        socket.FrameReceived += (_, frame) => Take(sent: false, frame.Text ?? "");
    };

    /// <summary>The last control messages and the beginnings of relay frames.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames.TakeLast(25).Select(f => (f.Sent ? "-> " : "<- ") + f.Text[..Math.Min(f.Text.Length, 90)])];
            }
        }
    }

    /// <summary>The control messages of one type that the page sent.</summary>
    public IReadOnlyList<JsonElement> Sent(string type) => Controls(sent: true, type);

    /// <summary>The control messages of one type that the page received.</summary>
    public IReadOnlyList<JsonElement> Received(string type) => Controls(sent: false, type);

    /// <summary>The ICE candidates that the page told its peers.</summary>
    public IReadOnlyList<string> SentCandidates
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames
                    .Where(f => f.Sent && f.Text.StartsWith('>') && f.Text.Contains("\"candidate\":{", StringComparison.Ordinal))
                    .Select(f => f.Text[(f.Text.IndexOf('|', StringComparison.Ordinal) + 1)..])];
            }
        }
    }

    private List<JsonElement> Controls(bool sent, string type)
    {
        lock (_lock)
        {
            return [.. _frames
                .Where(f => f.Sent == sent && f.Text.StartsWith('{'))
                .Select(f => JsonDocument.Parse(f.Text).RootElement)
                .Where(m => m.GetProperty("type").GetString() == type)];
        }
    }

    private void Take(bool sent, string text)
    {
        lock (_lock)
        {
            _frames.Add((sent, text));
        }
    }
}
