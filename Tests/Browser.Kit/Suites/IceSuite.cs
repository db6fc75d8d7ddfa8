using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>How the pages come by their ICE configuration.</summary>
public abstract class IceSuite(ISystemFactory systems) : BrowserSuite(systems)
{
    [Fact]
    public Task When_the_configuration_cannot_be_had_a_call_connects_all_the_same() => PlayAsync(async scene =>
    {
        var cutOff = new PersonOptions
        {
            Prepare = context => context.RouteAsync("**/ice-servers*", route => route.AbortAsync()),
        };
        var (a, b) = (await scene.EnterAsync("a", cutOff), await scene.EnterAsync("b", cutOff));
        scene.Expect("Failed to load resource: net::ERR_FAILED");
        await Scene.MeetAsync(a, b);
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
        foreach (var person in scene.People)
        {
            await person.HasDataAsync("path", "direct");
            await person.HasDataAsync("relay", "unknown");
            var servers = await person.Page.EvaluateAsync<string[]>(
                "() => window.camdivConnections.at(-1).getConfiguration().iceServers.flatMap((server) => server.urls)");
            Assert.NotEmpty(servers);
            Assert.All(servers, url => Assert.StartsWith("stun:", url, StringComparison.Ordinal));
        }
    });

    [Fact]
    public Task Three_tabs_that_ask_three_times_each_at_once_make_one_request() => PlayAsync(async scene =>
    {
        var first = await scene.EnterAsync("tab 1");
        Person[] tabs = [first, await scene.OpenTabAsync("tab 2", first), await scene.OpenTabAsync("tab 3", first)];
        // One identity in three tabs; the last one has the line, and only who searches is answered.
        await tabs[2].StartAsync();
        await tabs[2].IsQueuedAsync();
        await tabs[2].HasDataAsync("relay", "no");
        await first.Page.EvaluateAsync("() => localStorage.removeItem('camdiv.ice')");
        var requests = 0;
        first.Page.Context.Request += (_, request) =>
        {
            if (request.Url.Contains("/ice-servers", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref requests);
            }
        };
        var answers = await Task.WhenAll(tabs.Select(tab => tab.Page.EvaluateAsync<bool[]>(
            """
            async () => {
              const { IceConfiguration } = await import('/camdiv/ice.js');
              const { browserEnvironment } = await import('/camdiv/environment.js');
              const session = () => JSON.parse(localStorage.getItem('camdiv.session'));
              const ice = () => new IceConfiguration({ environment: browserEnvironment(), url: '/ice-servers', session });
              const shared = ice();
              const answers = await Promise.all([shared.get(), shared.get(), ice().get()]);
              return answers.map((answer) => answer.complete);
            }
            """)));
        Assert.All(answers.SelectMany(complete => complete), Assert.True);
        Assert.Equal(1, Volatile.Read(ref requests));
    });

    [Fact]
    public Task A_visitor_asks_for_nothing_before_Start_and_for_one_answer_then() => PlayAsync(async scene =>
    {
        var requests = 0;
        var visitor = await scene.EnterAsync("visitor", new PersonOptions
        {
            Prepare = context =>
            {
                context.Request += (_, request) =>
                {
                    if (request.Url.Contains("/ice-servers", StringComparison.Ordinal))
                    {
                        Interlocked.Increment(ref requests);
                    }
                };
                return Task.CompletedTask;
            },
        });
        await visitor.HasDataAsync("link", "online");
        Assert.Equal(0, Volatile.Read(ref requests));
        await visitor.StartAsync();
        await visitor.IsQueuedAsync();
        await visitor.HasDataAsync("relay", "no");
        await visitor.StopAsync();
        await visitor.StartAsync();
        await visitor.IsQueuedAsync();
        Assert.Equal(1, Volatile.Read(ref requests));
    });
}
