using System.Text;
using static Camdiv.Tests.Gateway.Framing.Frames;

namespace Camdiv.Tests.Gateway.Framing;

/// <summary>A client's random but well-formed conversation, and what an echo server makes of it.</summary>
internal sealed class ClientScript
{
    private static readonly string[] Characters = ["a", "ß", "日", "😀", "\0", "|", "{", "\uffff"];

    private readonly Random _random;
    private readonly List<byte> _bytes = [];
    private readonly List<string> _answers = [];
    private readonly List<string> _binary = [];

    /// <summary>Makes a conversation; the same seed makes the same.</summary>
    public ClientScript(int seed)
    {
        _random = new Random(seed);
        for (var messages = _random.Next(1, 12); messages > 0; messages--)
        {
            AddMessage();
        }
        if (_random.Next(2) == 0)
        {
            var code = _random.Next(2) == 0 ? 1000 : _random.Next(3000, 5000);
            _bytes.AddRange(Closing(code, TextOf(_random.Next(20))));
            _answers.Add($"close {code}");
            End = "close";
        }
    }

    /// <summary>How the server's side ends.</summary>
    public string End { get; } = "lost";

    /// <summary>The client's bytes.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>Events, see <see cref="Outcome"/>.</summary>
    public IEnumerable<string> Events => _answers.Concat(_binary);

    private void AddMessage()
    {
        var isText = _random.Next(4) != 0;
        var payload = isText ? Encoding.UTF8.GetBytes(TextOf(Length())) : Bulk(Length());
        var fragments = _random.Next(3) == 0 ? _random.Next(2, 6) : 1;
        var at = 0;
        for (var i = 0; i < fragments; i++)
        {
            var until = i == fragments - 1 ? payload.Length : _random.Next(at, payload.Length + 1);
            _bytes.AddRange(Frame(
                i > 0 ? Continuation : isText ? Text : Binary, payload.AsSpan(at..until), i == fragments - 1, mask: Bulk(4)));
            at = until;
            if (i < fragments - 1)
            {
                MaybeControl();
            }
        }
        (isText ? _answers : _binary).Add((isText ? "text " : "binary ") + Words(payload));
        MaybeControl();
    }

    private void MaybeControl()
    {
        switch (_random.Next(6))
        {
            case 0:
                var payload = Bulk(_random.Next(126));
                _bytes.AddRange(Frame(Ping, payload, mask: Bulk(4)));
                _answers.Add("pong " + Words(payload));
                break;
            case 1:
                _bytes.AddRange(Frame(Pong, Bulk(_random.Next(126)), mask: Bulk(4)));
                break;
        }
    }

    private int Length() => _random.Next(5) switch
    {
        0 => _random.Next(4),
        1 => _random.Next(120, 130),
        2 => _random.Next(65_530, 65_540),
        _ => _random.Next(2_000),
    };

    private string TextOf(int bytes)
    {
        var text = new StringBuilder();
        for (var length = 0; length < bytes;)
        {
            var character = Characters[_random.Next(bytes > 2_000 ? 2 : Characters.Length)];
            text.Append(character);
            length += Encoding.UTF8.GetByteCount(character);
        }
        return text.ToString();
    }

    private byte[] Bulk(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
