using System.Text;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>
/// What a client could send and should not: the protocol's own words, cut, doubled, swapped and mixed with what parsers
/// stumble over. The same seed makes the same.
/// </summary>
public sealed class FuzzInputs(int seed)
{
    private static readonly string[] Messages =
    [
        """{"type":"hello","session":"TOKEN","room":"ROOM","client":"fuzz"}""",
        """{"type":"start","chat":"text","interests":["chess","Go"],"languages":["en","pt-BR"]}""",
        """{"type":"start","chat":"video"}""",
        """{"type":"stop"}""",
        """{"type":"ack","room":"ROOM"}""",
        """{"type":"connected","room":"ROOM","candidate":"relay","protocol":"tls","ms":123.5}""",
        """{"type":"report","room":"ROOM","reason":"because"}""",
        """{"type":"block","room":"ROOM"}""",
        """>ROOM|{"description":{"type":"offer","sdp":"v=0"}}""",
        """>ROOM|""",
    ];

    private static readonly string[] Queries =
    [
        "/ice-servers?utcOffset=NUMBER", "/ice-servers", "/ice-servers?utcOffset=NUMBER&utcOffset=NUMBER", "/stats", "/stats?NUMBER",
        "/healthz/live", "/healthz/ready", "/ws", "/ws/", "/camdiv.js", "/camdiv/NUMBER", "/%2e%2e/NUMBER", "/TOKEN",
    ];

    private static readonly string[] Headers =
    [
        "Authorization: Bearer TOKEN", "Authorization: bearer  TOKEN", "Authorization: Basic TOKEN", "Authorization: TOKEN",
        "Origin: https://TOKEN", "Origin: null", "Origin: NUMBER", "X-Forwarded-For: NUMBER", "X-Forwarded-For: 10.0.0.1, NUMBER, [::1]:5",
        "Accept-Encoding: NUMBER", "If-None-Match: \"NUMBER\"", "If-Modified-Since: NUMBER", "Range: bytes=NUMBER-NUMBER", "Cookie: a=TOKEN",
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: NUMBER", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: TOKEN",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: TOKEN", "Sec-WebSocket-Extensions: permessage-deflate; NUMBER",
        "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: TOKEN", "Expect: NUMBER", "Host: TOKEN",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "60", "841", "-841", "2147483647", "-2147483648", "99999999999999999999", "1e309", "1e-5", "0x10", "NaN", "", "+5", "%00",
        "1.5", "٣", "1 ", "--1",
    ];

    private static readonly string[] Stumbles =
    [
        "\"", "\\", "\\u0000", "\\ud800", "\\udc00\\ud800", "\\u", "null", "true", "[", "]", "{", "}", "[[[[[[[[", ",", ":", "|", ">", "\u0000", "\u007f",
        "é", "日本", "😀", "\u202e", "\ufeff", "\u2028", "\t", "\r", "1e999", "-", ".", "=", "%", "&", "\"type\":\"stop\",", "\"room\":7,", "//", "/*",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A first frame, or something else in its place.</summary>
    public byte[] Hello(string token) => Encoding.UTF8.GetBytes(Damaged(Filled(_random.Next(4) == 0 ? Any(Messages) : Messages[0], token, "")));

    /// <summary>A frame of a client that is welcomed.</summary>
    public byte[] Frame(string token, string room) => Encoding.UTF8.GetBytes(Damaged(Filled(Any(Messages), token, room)));

    /// <summary>An HTTP request.</summary>
    public byte[] Request(string host, string token)
    {
        var text = new StringBuilder(_random.Next(20) == 0 ? Any(["HEAD", "OPTIONS", "POST", "get", "DELETE", "PRI"]) : "GET").Append(' ')
            .Append(UrlSafe(Damaged(Filled(Any(Queries), token, ""), 1))).Append(" HTTP/1.1\r\nHost: ").Append(host).Append("\r\n");
        for (var i = _random.Next(4); i > 0; i--)
        {
            // A line's end in a header would be another header, or a request.
            text.Append(Damaged(Filled(Any(Headers), token, ""), 1).Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ')).Append("\r\n");
        }
        return Encoding.UTF8.GetBytes(text.Append("\r\n").ToString());
    }

    private string Filled(string template, string token, string room) => template
        .Replace("TOKEN", _random.Next(3) == 0 ? Damaged(token) : token, StringComparison.Ordinal)
        .Replace("ROOM", _random.Next(3) == 0 ? Damaged(room) : room, StringComparison.Ordinal)
        .Replace("NUMBER", Any(Numbers), StringComparison.Ordinal);

    // One in four comes through whole, so that what lies behind the parser is reached, too.
    private string Damaged(string text, int most = 4)
    {
        for (var i = _random.Next(4) == 0 ? 0 : _random.Next(1, most + 1); i > 0; i--)
        {
            var at = _random.Next(text.Length + 1);
            text = _random.Next(6) switch
            {
                0 => text[..at],
                1 => text[..at] + Any(Stumbles) + text[at..],
                2 => text[..at] + (char)_random.Next(0x20, 0x7f) + text[Math.Min(text.Length, at + 1)..],
                3 => text[at..] + text[..at],
                4 when text.Length < 2_000 => text + text[at..],
                _ => text.Remove(at, Math.Min(_random.Next(1, 4), text.Length - at)),
            };
        }
        return text;
    }

    private static string UrlSafe(string path) => string.Concat(
        Encoding.UTF8.GetBytes(path.StartsWith('/') ? path : "/" + path).Select(b => b is > 0x20 and < 0x7f ? $"{(char)b}" : $"%{b:X2}"));

    private string Any(string[] words) => words[_random.Next(words.Length)];
}
