using System.Net;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Attacks;

namespace Camdiv.Tests.Attacks;

/// <summary>
/// As many flooding sockets as the gateway has cores, each kind on both framings: others feel little, nobody of them is cut,
/// and health probes are answered. With the sockets' settings as shipped.
/// </summary>
[Collection(SharedTargets.Name)]
public sealed class FloodTests(Targets targets, ITestOutputHelper output)
{
    private const int Pairs = 6;
    private const int Windows = 4;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Flood = TimeSpan.FromSeconds(LongRun.Number("CAMDIV_FLOOD_SECONDS", 3));
    private static readonly TimeSpan MostForProbe = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(50);

    // Segments of a byte and requests in a row take as much CPU of the system, on the same cores, as of the gateway.
    private static readonly TimeSpan LooseBound = TimeSpan.FromMilliseconds(250);

    public static MatrixTheoryData<Layout, string, FloodKind> Kinds => new([Layout.OneProcess], ["own", "framework"], Enum.GetValues<FloodKind>());

    public static MatrixTheoryData<Layout, string, FloodKind> OnCluster =>
        new([Layout.Cluster], ["own"], [FloodKind.Pings, FloodKind.Fragments, FloodKind.Bulk]);

    [Theory]
    [MemberData(nameof(Kinds))]
    [MemberData(nameof(OnCluster))]
    public async Task Others_feel_little(Layout layout, string framing, FloodKind kind)
    {
        var gateway = await targets.OfAsync(layout, SystemSettings.Default.With("Gateway:Framing", framing));
        var attacker = new IPAddress([127, 0, 66, (byte)(framing.Length + (int)kind)]);
        await using var victims = await Victims.MeetAsync(gateway.Gateways[0], Pairs, IPAddress.Parse("127.0.0.7"));
        var before = await victims.TalkAsync(Quiet);

        var flooders = Enumerable.Range(0, Environment.ProcessorCount)
            .Select(_ => new Flooder(gateway.Gateways[0], kind, attacker)).ToList();
        var bound = kind is FloodKind.Segments or FloodKind.Requests ? LooseBound : Bound;
        var told = $"{framing}: quiet {before}";
        Harm during;
        var windows = 0;
        // Attackers, victims and server share the cores, and whatever else runs there: a window that all else is quiet in shows
        // what the flood does. A thread that is captured is captured in every window.
        do
        {
            during = await victims.TalkAsync(Flood);
            told += $"\nflooded {during}";
            Assert.True(during.Cut == 0 && during.Missing == 0, told);
        }
        while ((during.P99 > bound || during.SlowestProbe > MostForProbe) && ++windows < Windows);
        flooders.ForEach(flooder => flooder.Dispose());
        told += $"\n{string.Join('\n', flooders)}";
        output.WriteLine(told);
        Assert.True(during.P99 <= bound, told);
        Assert.True(during.SlowestProbe <= MostForProbe, told);
        if (kind <= FloodKind.Bulk)
        {
            Assert.True(flooders.All(flooder => flooder.Closes.ContainsKey(4429)), told);
        }
        Assert.DoesNotContain("fail:", gateway.Output, StringComparison.Ordinal);
        new Outcome($"{flooders.Count} sockets flood with {Words(kind)}, {framing} framing", Before(kind)).Write(
            output, layout, FormattableString.Invariant($"p99 {during.P99.TotalMilliseconds:f1} ms (quiet {before.P99.TotalMilliseconds:f1}), nobody cut, probe {during.SlowestProbe.TotalMilliseconds:f0} ms"));
    }

    private static string Words(FloodKind kind) => kind switch
    {
        FloodKind.Pings => "pings",
        FloodKind.Pongs => "pongs",
        FloodKind.Fragments => "legal messages in fragments of one byte",
        FloodKind.Frames => "small frames beyond the rate, coming back when closed",
        FloodKind.Bulk => "the largest frames, coming back when closed",
        FloodKind.Segments => "one frame in segments of one byte",
        FloodKind.Requests => "pipelined HTTP requests",
        _ => "request headers, a byte at a time",
    };

    private static string Before(FloodKind kind) => kind switch
    {
        FloodKind.Pings => "nothing relayed, everybody cut after 30 s, probes time out",
        FloodKind.Fragments => "nothing relayed, probes time out",
        FloodKind.Frames => "p50 1,953 ms",
        FloodKind.Bulk => "3 MB/s for each pair, never closed",
        _ => "not tried",
    };
}
