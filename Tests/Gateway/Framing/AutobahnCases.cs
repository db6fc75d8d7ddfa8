using System.Globalization;
using static Camdiv.Tests.Gateway.Framing.Frames;

namespace Camdiv.Tests.Gateway.Framing;

/// <summary>
/// The cases of Autobahn's public fuzzing suite, sections 1 to 5, 7, 9 and 10, by their numbers there. Sections 12 and 13 are of
/// compression, which this framing never agrees on. Text is echoed, binary noted.
/// </summary>
internal static class AutobahnCases
{
    private const string FaultEnd = "close 1002";

    /// <summary>Section 1: whole messages of all lengths of length.</summary>
    public static IEnumerable<FramingCase> Framing()
    {
        int[] lengths = [0, 125, 126, 127, 128, 65535, 65536];
        for (var i = 0; i < lengths.Length; i++)
        {
            var text = Filled('*', lengths[i]);
            yield return new($"1.1.{i + 1}", [Frame(Text, text)], "text " + Words(text));
            var bytes = Filled('\xfe', lengths[i]);
            yield return new($"1.2.{i + 1}", [Frame(Binary, bytes)], "binary " + Words(bytes));
        }
    }

    /// <summary>Section 2: pings and pongs.</summary>
    public static IEnumerable<FramingCase> Pings()
    {
        byte[] odd = [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff];
        yield return new("2.1", [Frame(Ping, "")], "pong ");
        yield return new("2.2", [Frame(Ping, "Hello, world!")], "pong " + Words("Hello, world!"));
        yield return new("2.3", [Frame(Ping, odd)], "pong " + Words(odd));
        yield return new("2.4", [Frame(Ping, Filled('\xfe', 125))], "pong " + Words(Filled('\xfe', 125)));
        yield return new("2.5", [Frame(Ping, Filled('\xfe', 126))], FaultEnd);
        yield return new("2.7", [Frame(Pong, "")]);
        yield return new("2.8", [Frame(Pong, "unsolicited pong payload")]);
        yield return new("2.9", [Frame(Pong, "unsolicited"), Frame(Ping, "ping payload")], "pong " + Words("ping payload"));
        var ten = Enumerable.Range(0, 10).Select(i => $"payload-{i}").ToArray();
        yield return new("2.10", [.. ten.Select(p => Frame(Ping, p))], [.. ten.Select(p => "pong " + Words(p))]);
    }

    /// <summary>Section 3: reserved bits.</summary>
    public static IEnumerable<FramingCase> ReservedBits()
    {
        var hello = "text " + Words("hello");
        yield return new("3.1", [Frame(Text, "hello", rsv: 4)], FaultEnd);
        yield return new("3.2", [Frame(Text, "hello"), Frame(Text, "hello", rsv: 2), Frame(Ping, "")], hello, FaultEnd);
        yield return new("3.3", [Frame(Text, "hello"), Frame(Text, "hello", rsv: 6), Frame(Ping, "")], hello, FaultEnd);
        yield return new("3.4", [Frame(Text, "hello"), Frame(Text, "hello", rsv: 1), Frame(Ping, "")], hello, FaultEnd);
        yield return new("3.5", [Frame(Binary, "hello", rsv: 5)], FaultEnd);
        yield return new("3.6", [Frame(Ping, "hello", rsv: 3)], FaultEnd);
        yield return new("3.7", [Frame(Close, "", rsv: 7)], FaultEnd);
    }

    /// <summary>Section 4: reserved opcodes.</summary>
    public static IEnumerable<FramingCase> Opcodes()
    {
        int[] reserved = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
        for (var i = 0; i < reserved.Length; i++)
        {
            var number = string.Create(CultureInfo.InvariantCulture, $"4.{(i / 5) + 1}.{(i % 5) + 1}");
            yield return i % 5 < 2
                ? new(number, [Frame(reserved[i], i % 5 == 0 ? "" : "reserved")], FaultEnd)
                : new(number, [Frame(Text, "hello"), Frame(reserved[i], "hello"), Frame(Ping, "")], "text " + Words("hello"), FaultEnd);
        }
    }

    /// <summary>Section 5: fragmentation.</summary>
    public static IEnumerable<FramingCase> Fragmentation()
    {
        var both = "text " + Words("fragment1fragment2");
        var first = Frame(Text, "fragment1", final: false);
        var last = Frame(Continuation, "fragment2");
        var open = Frame(Continuation, "fragment2", final: false);
        var whole = Frame(Text, "hello");
        yield return new("5.1", [Frame(Ping, "fragment1", final: false), Frame(Continuation, "fragment2")], FaultEnd);
        yield return new("5.2", [Frame(Pong, "fragment1", final: false), Frame(Continuation, "fragment2")], FaultEnd);
        yield return new("5.3", [first, last], both);
        yield return new("5.6", [first, Frame(Ping, "ping payload"), last], "pong " + Words("ping payload"), both);
        yield return new("5.9", [Frame(Continuation, "non-continuation payload"), whole], FaultEnd);
        yield return new("5.12", [Frame(Continuation, "non-continuation payload", final: false), whole], FaultEnd);
        yield return new("5.15", [first, last, open, whole], both, FaultEnd);
        yield return new("5.16", [open, first, last, open, first, last], FaultEnd);
        yield return new("5.17", [last, first, last, last, first, last], FaultEnd);
        yield return new("5.18", [first, Frame(Text, "fragment2")], FaultEnd);
        yield return new(
            "5.19",
            [first, open, Frame(Ping, "pongme 1!"), open, open, Frame(Ping, "pongme 2!"), last],
            "pong " + Words("pongme 1!"),
            "pong " + Words("pongme 2!"),
            "text " + Words("fragment1fragment2fragment2fragment2fragment2"));
    }

    /// <summary>Section 7: closing.</summary>
    public static IEnumerable<FramingCase> Closings()
    {
        var close = Closing(1000);
        var hello = Frame(Text, "Hello World!");
        yield return new("7.1.1", [hello, close], "text " + Words("Hello World!"), "close 1000");
        yield return new("7.1.2", [close, close], "close 1000");
        yield return new("7.1.3", [close, Frame(Ping, "")], "close 1000");
        yield return new("7.1.4", [close, hello], "close 1000");
        yield return new("7.1.5", [Frame(Text, "fragment1", final: false), close, Frame(Continuation, "fragment2")], "close 1000");
        var large = Filled('B', 256 * 1024);
        yield return new("7.1.6", [Frame(Text, large), hello, close, Frame(Ping, "")], "text " + Words(large), "text " + Words("Hello World!"), "close 1000");
        yield return new("7.3.1", [Frame(Close, "")], "close");
        yield return new("7.3.2", [Frame(Close, "a")], FaultEnd);
        yield return new("7.3.3", [close], "close 1000");
        yield return new("7.3.4", [Closing(1000, "Hello World!")], "close 1000");
        yield return new("7.3.5", [Closing(1000, new string('*', 123))], "close 1000");
        yield return new("7.3.6", [Closing(1000, new string('*', 124))], FaultEnd);
        yield return new("7.5.1", [Frame(Close, [0x03, 0xe8, .. Convert.FromHexString("cebae1bdb9cf83cebcceb5eda080656469746564")])], "close 1007");
        int[] valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
        for (var i = 0; i < valid.Length; i++)
        {
            yield return new($"7.7.{i + 1}", [Closing(valid[i])], $"close {valid[i]}") { IsPeersCode = true };
        }
        int[] invalid = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
        for (var i = 0; i < invalid.Length; i++)
        {
            yield return new($"7.9.{i + 1}", [Closing(invalid[i])], FaultEnd);
        }
        yield return new("7.13.1", [Closing(5000)], FaultEnd);
        yield return new("7.13.2", [Closing(65535)], FaultEnd);
    }

    /// <summary>Sections 9 and 10: large messages, whole and in many frames.</summary>
    public static IEnumerable<FramingCase> Sizes()
    {
        int[] sizes = [64 * 1024, 256 * 1024, 1024 * 1024];
        for (var i = 0; i < sizes.Length; i++)
        {
            var payload = Filled('*', sizes[i]);
            yield return new($"9.1.{i + 1}", [Frame(Text, payload)], "text " + Words(payload));
            yield return new($"9.2.{i + 1}", [Frame(Binary, payload)], "binary " + Words(payload));
        }
        int[] fragments = [64, 256, 1024, 4096, 16384, 65536];
        for (var i = 0; i < fragments.Length; i++)
        {
            var payload = Filled('*', 256 * 1024);
            yield return new($"9.3.{i + 1}", Split(Text, payload, fragments[i]), "text " + Words(payload));
            yield return new($"9.4.{i + 1}", Split(Binary, payload, fragments[i]), "binary " + Words(payload));
        }
        yield return new("10.1.1", Split(Text, Filled('*', 65536), 1300), "text " + Words(Filled('*', 65536)));
    }

    private static byte[] Filled(char value, int length)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, (byte)value);
        return bytes;
    }
}
