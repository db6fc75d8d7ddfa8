using System.Globalization;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Kit.Turn;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>Calls over a real TURN server, with credentials from the product.</summary>
public abstract class RelaySuite(ISystemFactory systems) : BrowserSuite(systems)
{
    private static readonly PersonOptions RelayOnly = new() { Query = "?relay=1" };

    /// <summary>Settings with this TURN server as the only region.</summary>
    protected static SystemSettings With(Coturn coturn) => Local
        .With("Ice:Regions:0:Name", "here")
        .With("Ice:Regions:0:Host", coturn.EndPoint.Address)
        .With("Ice:Regions:0:TurnPort", coturn.EndPoint.Port.ToString(CultureInfo.InvariantCulture))
        .With("Ice:Regions:0:Secrets:0", coturn.Secret);

    [Fact]
    public async Task Two_strangers_see_each_other_through_a_relay()
    {
        await using var coturn = await Coturn.StartAsync();
        await PlayAsync(
            async scene =>
            {
                var (a, b) = await scene.PairAsync("video", RelayOnly);
                await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
                foreach (var person in scene.People)
                {
                    await person.HasDataAsync("path", "relay");
                    await person.SeesAsync("#state", "Connected through a relay");
                    var pair = await person.SelectedPairAsync();
                    Assert.Equal(("relay", "relay"), (pair.Local, pair.Remote));
                    var telemetry = Assert.Single(person.Line.Sent("connected"));
                    Assert.Equal("relay", telemetry.GetProperty("candidate").GetString());
                    Assert.NotEmpty(person.Line.SentCandidates);
                    Assert.All(person.Line.SentCandidates, c => Assert.Contains(" typ relay ", c, StringComparison.Ordinal));
                }
            },
            With(coturn));
    }

    [Fact]
    public async Task A_call_whose_relay_dies_recovers_by_itself_when_the_relay_is_back()
    {
        await using var coturn = await Coturn.StartAsync();
        await PlayAsync(
            async scene =>
            {
                var (a, b) = await scene.PairAsync("video", RelayOnly);
                await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
                var (room, before) = (await a.DataAsync("room"), await a.SelectedPairAsync());

                await coturn.KillAsync();
                await Task.WhenAny(a.HasDataAsync("state", "reconnecting"), b.HasDataAsync("state", "reconnecting")).Unwrap();
                await using var again = await Coturn.StartAsync(coturn.Secret, coturn.EndPoint.Port);

                await Task.WhenAll(IsOnNewPathAsync(a), b.HasDataAsync("state", "connected"));
                await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
                Assert.Equal(room, await Scene.TogetherAsync(a, b));

                Task IsOnNewPathAsync(Person person) => person.UntilPathAsync(pair => pair.User != before.User, "a new path");
            },
            With(coturn));
    }

    [Theory]
    [InlineData(true, 86_400, "25:00:00")]
    [InlineData(false, 86_400, "25:00:00")]
    [InlineData(true, 120, "00:03:00")]
    [InlineData(false, 120, "00:03:00")]
    public async Task A_page_open_past_expiry_gets_fresh_credentials_before_the_restart(bool byInitiator, int life, string later)
    {
        await using var coturn = await Coturn.StartAsync();
        var aged = RelayOnly with { Prepare = context => context.Clock.InstallAsync() };
        await PlayAsync(
            async scene =>
            {
                var (a, b) = await scene.PairAsync("video", aged);
                await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
                var old = await Task.WhenAll(a.CredentialAsync(), b.CredentialAsync());
                await Task.WhenAll(old.Select(credential => LaterThanAsync(credential, life)));
                // On a busy machine a call may have restarted ICE before, with what was good then.
                var before = await Task.WhenAll(a.GenerationsAsync(), b.GenerationsAsync());

                await Task.WhenAll(scene.People.Select(person => person.Page.Clock.FastForwardAsync(later)));
                var one = a.Line.Received("matched")[0].GetProperty("initiator").GetBoolean() == byInitiator ? a : b;
                await one.Page.EvaluateAsync("() => window.dispatchEvent(new Event('online'))");

                foreach (var (person, i) in scene.People.Select((person, i) => (person, i)))
                {
                    // Not until media take a new path: while the old one lives, Chromium keeps it unless a new one is better,
                    // and whether it is hangs on which of the relay's transports answered first.
                    var renewed = await person.RegatheredAsync(before[i]);
                    Assert.All(renewed, candidate => Assert.NotEqual(old[i], candidate.Credential));
                }
                await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
            },
            With(coturn).With(Keys.IceLifeSeconds, life));
    }

    // Credentials carry their expiry in seconds: within one second two are the same.
    private static Task LaterThanAsync(string credential, int life)
    {
        var issued = long.Parse(credential.Split(':')[0], CultureInfo.InvariantCulture) - life;
        return Until.TrueAsync(() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() > issued + 1, "the next second");
    }
}
