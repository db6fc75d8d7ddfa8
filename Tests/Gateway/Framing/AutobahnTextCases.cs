using System.Text;
using static Camdiv.Tests.Gateway.Framing.Frames;

namespace Camdiv.Tests.Gateway.Framing;

/// <summary>Section 6 of Autobahn's public fuzzing suite: UTF-8, whole and split anywhere. Numbers as there.</summary>
internal static class AutobahnTextCases
{
    private const string FaultEnd = "close 1007";
    private const string Greek = "cebae1bdb9cf83cebcceb5";

    // Sequences as a whole message: number, bytes, whether they are UTF-8.
    private static readonly (string Number, string Hex, bool Valid)[] Sequences =
    [
        ("6.3.1", Greek + "eda080656469746564", false),
        ("6.5.1", Greek, true),
        ("6.6.1", "ce", false), ("6.6.2", "ceba", true), ("6.6.3", "cebae1", false), ("6.6.4", "cebae1bd", false),
        ("6.6.5", "cebae1bdb9", true), ("6.6.6", "cebae1bdb9cf", false), ("6.6.7", "cebae1bdb9cf83", true),
        ("6.6.8", "cebae1bdb9cf83ce", false), ("6.6.9", "cebae1bdb9cf83cebc", true),
        ("6.6.10", "cebae1bdb9cf83cebcce", false), ("6.6.11", Greek, true),
        ("6.7.1", "00", true), ("6.7.2", "c280", true), ("6.7.3", "e0a080", true), ("6.7.4", "f0908080", true),
        ("6.8.1", "f888808080", false), ("6.8.2", "fc8480808080", false),
        ("6.9.1", "7f", true), ("6.9.2", "dfbf", true), ("6.9.3", "efbfbf", true), ("6.9.4", "f48fbfbf", true),
        ("6.10.1", "f7bfbfbf", false), ("6.10.2", "fbbfbfbfbf", false), ("6.10.3", "fdbfbfbfbfbf", false),
        ("6.11.1", "ed9fbf", true), ("6.11.2", "ee8080", true), ("6.11.3", "efbfbd", true), ("6.11.4", "f48fbfbf", true),
        ("6.11.5", "f4908080", false),
        ("6.12.1", "80", false), ("6.12.2", "bf", false), ("6.12.3", "80bf", false), ("6.12.4", "80bf80", false),
        ("6.12.5", "80bf80bf", false), ("6.12.6", "80bf80bf80", false), ("6.12.7", "80bf80bf80bf", false),
        ("6.12.8", "808182838485868788898a8b8c8d8e8fbebf", false),
        ("6.13.1", "c020c120c220df20", false), ("6.13.2", "e020e120ef20", false), ("6.13.3", "f020f120f720", false),
        ("6.13.4", "f820f920fa20fb20", false), ("6.13.5", "fc20fd20", false),
        ("6.14.1", "c0", false), ("6.14.2", "e080", false), ("6.14.3", "f08080", false), ("6.14.4", "f8808080", false),
        ("6.14.5", "fc80808080", false), ("6.14.6", "df", false), ("6.14.7", "efbf", false), ("6.14.8", "f7bfbf", false),
        ("6.14.9", "fbbfbfbf", false), ("6.14.10", "fdbfbfbfbf", false),
        ("6.15.1", "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf", false),
        ("6.16.1", "fe", false), ("6.16.2", "ff", false), ("6.16.3", "fefeffff", false),
        ("6.17.1", "c0af", false), ("6.17.2", "e080af", false), ("6.17.3", "f08080af", false),
        ("6.17.4", "f8808080af", false), ("6.17.5", "fc80808080af", false),
        ("6.18.1", "c1bf", false), ("6.18.2", "e09fbf", false), ("6.18.3", "f08fbfbf", false),
        ("6.18.4", "f887bfbfbf", false), ("6.18.5", "fc83bfbfbfbf", false),
        ("6.19.1", "c080", false), ("6.19.2", "e08080", false), ("6.19.3", "f0808080", false),
        ("6.19.4", "f880808080", false), ("6.19.5", "fc8080808080", false),
        ("6.20.1", "eda080", false), ("6.20.2", "edadbf", false), ("6.20.3", "edae80", false), ("6.20.4", "edafbf", false),
        ("6.20.5", "edb080", false), ("6.20.6", "edbe80", false), ("6.20.7", "edbfbf", false),
        ("6.21.1", "eda080edb080", false), ("6.21.2", "eda080edbfbf", false), ("6.21.3", "edadbfedb080", false),
        ("6.21.4", "edadbfedbfbf", false), ("6.21.5", "edae80edb080", false), ("6.21.6", "edae80edbfbf", false),
        ("6.21.7", "edafbfedb080", false), ("6.21.8", "edafbfedbfbf", false),
        ("6.22.1", "efbfbe", true), ("6.22.2", "efbfbf", true), ("6.22.3", "f09fbfbe", true), ("6.22.4", "f09fbfbf", true),
        ("6.22.5", "f0afbfbe", true), ("6.22.6", "f0afbfbf", true), ("6.22.7", "f0bfbfbe", true), ("6.22.8", "f0bfbfbf", true),
        ("6.22.9", "f18fbfbe", true), ("6.22.10", "f18fbfbf", true), ("6.22.11", "f19fbfbe", true), ("6.22.12", "f19fbfbf", true),
        ("6.22.13", "f1afbfbe", true), ("6.22.14", "f1afbfbf", true), ("6.22.15", "f1bfbfbe", true), ("6.22.16", "f1bfbfbf", true),
        ("6.22.17", "f28fbfbe", true), ("6.22.18", "f28fbfbf", true), ("6.22.19", "f29fbfbe", true), ("6.22.20", "f29fbfbf", true),
        ("6.22.21", "f2afbfbe", true), ("6.22.22", "f2afbfbf", true), ("6.22.23", "f2bfbfbe", true), ("6.22.24", "f2bfbfbf", true),
        ("6.22.25", "f38fbfbe", true), ("6.22.26", "f38fbfbf", true), ("6.22.27", "f39fbfbe", true), ("6.22.28", "f39fbfbf", true),
        ("6.22.29", "f3afbfbe", true), ("6.22.30", "f3afbfbf", true), ("6.22.31", "f3bfbfbe", true), ("6.22.32", "f3bfbfbf", true),
        ("6.22.33", "f48fbfbe", true), ("6.22.34", "f48fbfbf", true),
        ("6.23.1", "efbfb9", true), ("6.23.2", "efbfba", true), ("6.23.3", "efbfbb", true), ("6.23.4", "efbfbc", true),
        ("6.23.5", "efbfbd", true), ("6.23.6", "efbfbe", true), ("6.23.7", "efbfbf", true),
    ];

    /// <summary>All of the section.</summary>
    public static IEnumerable<FramingCase> Texts()
    {
        yield return new("6.1.1", [Frame(Text, "")], "text ");
        yield return new("6.1.2", [Frame(Text, "", final: false), Frame(Continuation, "", final: false), Frame(Continuation, "")], "text ");
        yield return new(
            "6.1.3",
            [Frame(Text, "", final: false), Frame(Continuation, "middle frame payload", final: false), Frame(Continuation, "")],
            "text " + Words("middle frame payload"));
        var mixed = Encoding.UTF8.GetBytes("Hello-µ@ßöäüàá-UTF-8!!");
        yield return new("6.2.1", [Frame(Text, mixed)], "text " + Words(mixed));
        yield return new("6.2.2", [Frame(Text, mixed[..12], final: false), Frame(Continuation, mixed[12..])], "text " + Words(mixed));
        yield return new("6.2.3", Split(Text, mixed, 1), "text " + Words(mixed));
        foreach (var (number, hex, valid) in Sequences)
        {
            var bytes = Convert.FromHexString(hex);
            var expected = valid ? "text " + Words(bytes) : FaultEnd;
            yield return new(number, [Frame(Text, bytes)], expected);
            yield return new(number + " in fragments", Split(Text, bytes, 1), expected);
        }
    }

    /// <summary>
    /// Cases 6.4: what cannot become UTF-8 any more fails at once, before the message ends; the frames are only those up
    /// to there, so that a server which waits for more ends differently.
    /// </summary>
    public static IEnumerable<FramingCase> FailingFast()
    {
        var start = Convert.FromHexString(Greek);
        yield return new("6.4.1", [Frame(Text, start, final: false), Frame(Continuation, [0xf4, 0x90, 0x80, 0x80], final: false)], FaultEnd);
        yield return new("6.4.2", [Frame(Text, [.. start, 0xf4], final: false), Frame(Continuation, [0x90], final: false)], FaultEnd);
        // The same within one frame, of which the rest never comes.
        var frame = Frame(Text, [.. start, 0xf4, 0x90, 0x80, 0x80, .. "edited"u8]);
        yield return new("6.4.3", [frame[..^6]], FaultEnd);
        yield return new("6.4.4", [frame[..^8]], FaultEnd);
    }
}
