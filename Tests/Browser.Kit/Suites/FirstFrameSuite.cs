using System.Globalization;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>
/// How long it takes from Start to the first frame of the stranger, beside the least that a browser needs: two bare
/// connections in one page. To be run with nothing beside it.
/// </summary>
public abstract class FirstFrameSuite(ISystemFactory systems, ITestOutputHelper output) : BrowserSuite(systems)
{
    // The first round of each block warms up code and camera and is not counted. Blocks alternate, since the machine's
    // mood changes over the minute that all this takes.
    private const int Blocks = 2;
    private const int RoundsPerBlock = 10;
    private const int Visits = 3;

    // What lies between most people and a server; on one machine an answer takes no time, and having it early gains none.
    private static readonly TimeSpan FarAway = TimeSpan.FromMilliseconds(120);

    private const string BarePair = """
        async () => {
          const stream = window.camdivCamera ??= await navigator.mediaDevices.getUserMedia({
            audio: true, video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
          });
          const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
          document.body.append(video);
          const startedAt = performance.now();
          const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
          a.onicecandidate = ({ candidate }) => candidate && b.addIceCandidate(candidate);
          b.onicecandidate = ({ candidate }) => candidate && a.addIceCandidate(candidate);
          b.ontrack = ({ streams }) => { video.srcObject = streams[0]; };
          for (const track of stream.getTracks()) {
            a.addTrack(track, stream);
            b.addTrack(track, stream);
          }
          const frame = new Promise((done) => video.requestVideoFrameCallback(() => done(performance.now() - startedAt)));
          await a.setLocalDescription();
          await b.setRemoteDescription(a.localDescription);
          await b.setLocalDescription();
          await a.setRemoteDescription(b.localDescription);
          const ms = await frame;
          a.close();
          b.close();
          video.remove();
          return ms;
        }
        """;

    private const string Forget = """
        () => {
          delete document.documentElement.dataset.firstFrameMs;
          delete document.documentElement.dataset.matchToFrameMs;
        }
        """;

    [Fact]
    public Task From_Start_to_the_first_frame() => PlayAsync(
        async scene =>
        {
            var bare = new Figures("first frame, bare pair of connections in one page");
            var (start, match) = (new Figures("first frame after Start"), new Figures("first frame after the match"));
            var (startCold, matchCold) = (
                new Figures("first frame after Start, nothing prepared"),
                new Figures("first frame after the match, nothing prepared"));
            var (visit, visitCold) = (
                new Figures("first frame after Start, first visit, ICE configuration 120 ms away"),
                new Figures("first frame after Start, first visit, ICE configuration 120 ms away, nothing prepared"));
            for (var block = 0; block < Blocks; block++)
            {
                await BareAsync(scene, bare);
                await PairAsync(scene, "", start, match);
                await PairAsync(scene, "?prepare=0", startCold, matchCold);
                for (var i = 0; i < Visits; i++)
                {
                    await VisitAsync(scene, "", visit);
                    await VisitAsync(scene, "?prepare=0", visitCold);
                }
            }
            foreach (var figures in new[] { bare, start, match, startCold, matchCold, visit, visitCold })
            {
                output.WriteLine(figures.ToString());
                Console.WriteLine(figures);
            }
            Assert.True(start.Median <= bare.Median * 3 + 1_000, $"far from the limit: {start}; {bare}");
        },
        Local.With(Keys.Cooldown, 0));

    private static async Task BareAsync(Scene scene, Figures figures)
    {
        var person = await scene.EnterAsync("bare");
        for (var round = 0; round <= RoundsPerBlock; round++)
        {
            var ms = await person.Page.EvaluateAsync<double>(BarePair).WaitAsync(TimeSpan.FromSeconds(60));
            if (round > 0)
            {
                figures.Add(ms);
            }
        }
        await person.Page.Context.CloseAsync();
    }

    private static async Task PairAsync(Scene scene, string query, Figures start, Figures match)
    {
        var options = new PersonOptions { Query = query };
        var (a, b) = (await scene.EnterAsync("a" + query, options), await scene.EnterAsync("b" + query, options));
        foreach (var person in new[] { a, b })
        {
            // The camera is on before Start, as with anybody who has allowed it once.
            await person.PlaysAsync("#preview-video");
        }
        for (var round = 0; round <= RoundsPerBlock; round++)
        {
            await Task.WhenAll(a.Page.EvaluateAsync(Forget), b.Page.EvaluateAsync(Forget));
            await a.StartAsync();
            await a.IsQueuedAsync();
            await b.StartAsync();
            var ms = await Task.WhenAll(FirstFrameAsync(b, "firstFrameMs"), FirstFrameAsync(b, "matchToFrameMs"), FirstFrameAsync(a, "matchToFrameMs"));
            if (round > 0)
            {
                start.Add(ms[0]);
                match.Add(ms[1]);
                match.Add(ms[2]);
            }
            await a.StopAsync();
            await b.StopAsync();
        }
        await Task.WhenAll(a.Page.Context.CloseAsync(), b.Page.Context.CloseAsync());
    }

    // Nothing is cached in a browser that was never here.
    private static async Task VisitAsync(Scene scene, string query, Figures start)
    {
        var options = new PersonOptions
        {
            Query = query,
            Prepare = context => context.RouteAsync("**/ice-servers*", async route =>
            {
                await Task.Delay(FarAway, TimeProvider.System);
                await route.ContinueAsync();
            }),
        };
        var (a, b) = (await scene.EnterAsync("a" + query, options), await scene.EnterAsync("b" + query, options));
        await a.PlaysAsync("#preview-video");
        await b.PlaysAsync("#preview-video");
        await a.StartAsync();
        await a.IsQueuedAsync();
        await b.StartAsync();
        start.Add(await FirstFrameAsync(b, "firstFrameMs"));
        await Task.WhenAll(a.Page.Context.CloseAsync(), b.Page.Context.CloseAsync());
    }

    private static async Task<double> FirstFrameAsync(Person person, string name)
    {
        await person.UntilAsync(name, "(name) => name in document.documentElement.dataset", name);
        return double.Parse((await person.DataAsync(name))!, CultureInfo.InvariantCulture);
    }
}
