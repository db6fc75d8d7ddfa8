using System.Net;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Attacks;

namespace Camdiv.Tests.Gateway.Faults;

/// <summary>
/// As many flooding sockets as the gateway has cores, each kind on both framings: others feel little, nobody of them is cut,
/// and health probes are answered. On processes of their own, with the sockets' settings as shipped.
/// </summary>
public sealed class FloodTests(FloodTests.Gateways gateways) : IClassFixture<FloodTests.Gateways>
{
    private const int Pairs = 6;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Flood = TimeSpan.FromSeconds(LongRun.Number("CAMDIV_FLOOD_SECONDS", 4));
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(50);

    public static MatrixTheoryData<string, FloodKind> Kinds => new(["own", "framework"], Enum.GetValues<FloodKind>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Others_feel_little(string framing, FloodKind kind)
    {
        var gateway = await gateways.OfAsync(framing);
        var attacker = new IPAddress([127, 0, 66, (byte)(framing.Length + (int)kind)]);
        await using var victims = await Victims.MeetAsync(gateway.Gateways[0], Pairs, IPAddress.Parse("127.0.0.7"));
        var before = await victims.TalkAsync(Quiet);

        var flooders = Enumerable.Range(0, Environment.ProcessorCount)
            .Select(_ => new Flooder(gateway.Gateways[0], kind, attacker)).ToList();
        var during = await victims.TalkAsync(Flood);
        flooders.ForEach(flooder => flooder.Dispose());

        var told = $"{framing}: quiet {before}\nflooded {during}\n{string.Join('\n', flooders)}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(during.Cut == 0 && during.Missing == 0, told);
        // On a machine that is busy otherwise nothing is fast.
        Assert.True(during.P99 <= Bound || during.P99 <= before.P99 * 3, told);
        Assert.True(during.SlowestProbe <= TimeSpan.FromSeconds(1), told);
        if (kind <= FloodKind.Bulk)
        {
            Assert.True(flooders.All(flooder => flooder.Closes.ContainsKey(4429)), told);
        }
        Assert.DoesNotContain("fail:", gateway.Output, StringComparison.Ordinal);
    }

    /// <summary>A gateway of each framing, started when first asked for.</summary>
    public sealed class Gateways : IAsyncDisposable
    {
        private readonly Dictionary<string, GatewayProcess> _started = [];

        /// <summary>The one of a framing.</summary>
        public async Task<GatewayProcess> OfAsync(string framing)
        {
            if (!_started.TryGetValue(framing, out var gateway))
            {
                _started[framing] = gateway = await GatewayProcess.StartAsync(SystemSettings.Default.With("Gateway:Framing", framing));
            }
            return gateway;
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            foreach (var gateway in _started.Values)
            {
                await gateway.DisposeAsync();
            }
        }
    }
}
