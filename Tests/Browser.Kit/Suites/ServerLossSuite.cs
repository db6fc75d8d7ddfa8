using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>The line to the server goes, for one or for all, and the call does not care.</summary>
/// <param name="systems">Starts systems that are <see cref="IRestartable"/>.</param>
public abstract class ServerLossSuite(ISystemFactory systems) : BrowserSuite(systems)
{
    // What Chromium itself logs of requests and sockets that find nobody.
    private const string NobodyThere = "WebSocket connection to|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INTERNET_DISCONNECTED";

    [Fact]
    public Task A_call_outlives_the_server_and_text_works_again_after_it_is_back() => PlayAsync(async scene =>
    {
        var server = (IRestartable)scene.System;
        var (a, b) = await scene.PairAsync();
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
        var room = (await a.DataAsync("room"))!;

        scene.Expect(NobodyThere);
        await server.KillAsync(room);
        await Task.WhenAll(a.HasDataAsync("link", "waiting"), b.HasDataAsync("link", "waiting"));
        await a.SeesAsync(".notice[data-topic=link]", "The Camdiv server cannot be reached.");
        await a.SeesAsync(".notice[data-topic=link]", "Your call goes on.");
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
        Assert.Equal("connected", await a.DataAsync("state"));
        await a.SayAsync("Can you read this?");

        await server.RestartAsync();
        await Task.WhenAll(a.IsOnlineAsync(), b.IsOnlineAsync());
        await b.ReadsAsync("Can you read this?");
        await b.SayAsync("Now I can");
        await a.ReadsAsync("Now I can");
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
        Assert.Equal(room, await Scene.TogetherAsync(a, b));
        await a.UntilAsync("the notice goes", "() => !document.querySelector('.notice[data-topic=link]')");
    });

    [Fact]
    public Task Those_who_search_find_each_other_after_the_server_is_back() => PlayAsync(async scene =>
    {
        var server = (IRestartable)scene.System;
        var a = await scene.EnterAsync("a");
        await a.StartAsync("text");
        await a.IsQueuedAsync();
        scene.Expect(NobodyThere);
        await server.KillAsync(a.Line.Received("welcome")[^1].GetProperty("user").GetString()!);
        await a.SeesAsync(".notice[data-topic=link]", "The Camdiv server cannot be reached.");
        await server.RestartAsync();
        var b = await scene.EnterAsync("b");
        await b.StartAsync("text");
        await Scene.TogetherAsync(a, b);
    });

    [Fact]
    public Task An_update_is_announced_and_the_call_goes_on() => PlayAsync(async scene =>
    {
        var server = (IRestartable)scene.System;
        var (a, b) = await scene.PairAsync("audio");
        scene.Expect(NobodyThere);
        var ending = server.StopAsync();
        await a.SeesAsync(".notice[data-topic=link]", "updated");
        await ending;
        await server.RestartAsync();
        await Task.WhenAll(a.IsOnlineAsync(), b.IsOnlineAsync());
        await b.SayAsync("Still here");
        await a.ReadsAsync("Still here");
        await a.SeesVoiceAsync("#remote-voice");
    });

    [Fact]
    public Task One_who_was_offline_resumes() => PlayAsync(async scene =>
    {
        var (a, b) = await scene.PairAsync();
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
        var room = await a.DataAsync("room");
        scene.Expect(NobodyThere);
        await a.Page.Context.SetOfflineAsync(true);
        await a.UntilAsync("the browser says it is offline", "() => !navigator.onLine");
        await b.PlaysAsync();
        await a.Page.Context.SetOfflineAsync(false);
        await Until.TrueAsync(
            () => a.Line.Received("welcome").Any(welcome => welcome.GetProperty("resumed").GetBoolean()),
            "a's new socket resumes",
            TimeSpan.FromSeconds(60));
        await a.IsOnlineAsync();
        await a.SayAsync("Back again");
        await b.ReadsAsync("Back again");
        await b.SayAsync("Good");
        await a.ReadsAsync("Good");
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());
        Assert.Equal(room, await Scene.TogetherAsync(a, b));
    });
}
