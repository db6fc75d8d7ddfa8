using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Clocks;

/// <summary>
/// What people wait for does not hang on the clocks of their gateways, nor on that of the silo with the queue. Each test
/// goes through all gateways, so that wherever the queues are placed, some of them are seconds off.
/// </summary>
public sealed class SkewedClockTests(SkewedSystems systems) : IClassFixture<SkewedSystems>
{
    private const int PatienceMs = 1_200;
    private const int CooldownMs = 1_500;

    // A pass of the queue, and what a busy machine takes; less than the clocks differ.
    private const int SlackMs = 3_000;

    private static readonly string[] Chats = ["video", "audio", "text"];

    private static SystemSettings Patient => SystemSettings.Default.With(Keys.Patience, 30_000);

    private static SystemSettings Hasty =>
        SystemSettings.Default.With(Keys.Patience, PatienceMs).With(Keys.Cooldown, CooldownMs);

    [Fact]
    public async Task Who_was_there_before_is_met_before()
    {
        await using var stage = new Stage(await systems.StartAsync(Patient));
        var gateways = stage.System.Gateways;
        foreach (var (first, second) in Pairs(gateways))
        {
            var painter = await WaiterAsync(stage, "painter", "painting", first);
            var cook = await WaiterAsync(stage, "cook", "cooking", second);
            await MeetsAsync(stage, painter, "early");
            await MeetsAsync(stage, cook, "late");
        }
    }

    [Fact]
    public async Task Who_moves_to_another_gateway_keeps_the_place()
    {
        await using var stage = new Stage(await systems.StartAsync(Patient));
        var gateways = stage.System.Gateways;
        foreach (var (first, second) in Pairs(gateways))
        {
            var third = gateways.First(gateway => gateway != first && gateway != second);
            var painter = await WaiterAsync(stage, "painter", "painting", first);
            await Stage.WaitedLongerAsync();
            var cook = await WaiterAsync(stage, "cook", "cooking", second);
            await painter.DropAsync();
            painter = await stage.ReturnAsync(painter, gateway: third);
            await Until.TrueAsync(async () => await CountAsync(stage, second) == 2, "painter and cook wait in the queue");
            await MeetsAsync(stage, painter, "early");
            await MeetsAsync(stage, cook, "late");
        }
    }

    [Fact]
    public async Task Everybody_holds_out_for_an_interest_as_long()
    {
        await using var stage = new Stage(await systems.StartAsync(Hasty));
        foreach (var gateway in stage.System.Gateways)
        {
            await Task.WhenAll(Chats.Select(chat => HoldOutAsync(stage, chat, gateway)));
        }
    }

    [Fact]
    public async Task The_last_partner_is_avoided_as_long()
    {
        await using var stage = new Stage(await systems.StartAsync(Hasty));
        var gateways = stage.System.Gateways;
        // Of two at one gateway, nobody's clock makes up for the other's; at two gateways the longer avoidance holds.
        foreach (var (first, second) in gateways.Select(gateway => (gateway, gateway)).Append((gateways[0], gateways[1])))
        {
            await Task.WhenAll(Chats.Select(chat => AvoidAsync(stage, chat, first, second)));
        }
    }

    private static async Task HoldOutAsync(Stage stage, string chat, Uri gateway)
    {
        var choosy = await stage.JoinAsync($"choosy-{chat}", gateway: gateway);
        await choosy.StartAsync(chat, interests: ["origami"]);
        var since = await choosy.ExpectAsync("searching");
        var anyone = await stage.JoinAsync($"anyone-{chat}", gateway: gateway);
        await anyone.StartAsync(chat);
        await anyone.ExpectAsync("searching");
        var (matched, _) = await Stage.MetAsync(choosy, anyone);
        InRange($"{choosy.Name} at {gateway} held out", PatienceMs, matched.At - since.At);
        await EndAsync(choosy, anyone);
    }

    private static async Task AvoidAsync(Stage stage, string chat, Uri first, Uri second)
    {
        var a = await stage.JoinAsync($"a-{chat}", gateway: first);
        var b = await stage.JoinAsync($"b-{chat}", gateway: second);
        await a.StartAsync(chat);
        await a.ExpectAsync("searching");
        await b.StartAsync(chat);
        await Stage.MetAsync(a, b);
        await Stage.SettleAsync(a, b);
        await a.StartAsync(chat);
        await b.ExpectLeftAsync(b.Room, "next");
        await a.ExpectAsync("searching");
        await b.StartAsync(chat);
        var since = await b.ExpectAsync("searching");
        var (_, again) = await Stage.MetAsync(a, b);
        InRange($"{a.Name} at {first} and {b.Name} at {second} avoided each other", CooldownMs, again.At - since.At);
        await EndAsync(a, b);
    }

    private static void InRange(string what, int ms, TimeSpan took) => Assert.True(
        took > TimeSpan.FromMilliseconds(ms - 200) && took < TimeSpan.FromMilliseconds(ms + SlackMs),
        $"{what} for {took.TotalMilliseconds:0} ms, not for {ms}");

    private static async Task<WireClient> WaiterAsync(Stage stage, string name, string interest, Uri gateway)
    {
        var client = await stage.JoinAsync(name, gateway: gateway);
        await client.StartAsync(interests: [interest]);
        await client.ExpectAsync("searching");
        return client;
    }

    private static async Task MeetsAsync(Stage stage, WireClient waiting, string name)
    {
        var newcomer = await stage.JoinAsync(name);
        await newcomer.StartAsync(interests: ["painting", "cooking"]);
        await Stage.MetAsync(newcomer, waiting);
        await EndAsync(newcomer, waiting);
    }

    /// <summary>How many wait beside one who asks and goes again.</summary>
    private static async Task<double?> CountAsync(Stage stage, Uri gateway)
    {
        var probe = await stage.JoinAsync("probe", gateway: gateway);
        await probe.StartAsync(interests: ["counting"]);
        var waiting = (await probe.ExpectAsync("searching")).Number("waiting") - 1;
        await probe.StopAsync();
        return waiting;
    }

    private static async Task EndAsync(WireClient one, WireClient other)
    {
        await Stage.SettleAsync(one, other);
        var room = one.Room;
        await one.StopAsync();
        await other.ExpectLeftAsync(room, "stop");
    }

    private static IEnumerable<(Uri First, Uri Second)> Pairs(IReadOnlyList<Uri> gateways) =>
        from first in gateways from second in gateways where first != second select (first, second);
}
