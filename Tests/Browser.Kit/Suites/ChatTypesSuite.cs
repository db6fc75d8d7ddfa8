using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>What is particular about each kind of chat.</summary>
public abstract class ChatTypesSuite(ISystemFactory systems) : BrowserSuite(systems)
{
    [Fact]
    public Task In_an_audio_chat_both_see_the_voices_move_and_hear_of_a_mute() => PlayAsync(async scene =>
    {
        var (a, b) = await scene.PairAsync("audio");
        await Task.WhenAll(
            a.SeesVoiceAsync("#remote-voice"),
            a.SeesVoiceAsync("#local-voice"),
            b.SeesVoiceAsync("#remote-voice"));
        Assert.False(await a.Page.IsVisibleAsync("#remote-video"));
        await a.Page.ClickAsync("#mute");
        await b.SeesAsync("#peer-media", "Muted");
        await a.Page.ClickAsync("#mute");
        await b.UntilAsync("the word on the mute goes", "() => document.getElementById('peer-media').hidden");
        await b.SeesVoiceAsync("#remote-voice");
        await a.SayAsync("Writing is for audio, too");
        await b.ReadsAsync("Writing is for audio, too");
    });

    [Fact]
    public Task In_a_text_chat_no_connection_is_made() => PlayAsync(async scene =>
    {
        var (a, b) = await scene.PairAsync("text");
        await a.SayAsync("Only words");
        await b.ReadsAsync("Only words");
        foreach (var person in scene.People)
        {
            Assert.Equal(0, await person.Page.EvaluateAsync<int>("() => window.camdivConnections.length"));
        }
    });

    [Fact]
    public Task A_camera_that_is_switched_off_and_on_comes_back_to_the_other_side() => PlayAsync(async scene =>
    {
        var (a, b) = await scene.PairAsync();
        await b.PlaysAsync();
        await a.Page.ClickAsync("#camera");
        await b.SeesAsync("#peer-media", "Camera is off");
        await a.PlaysAsync();
        await a.Page.ClickAsync("#camera");
        await b.UntilAsync("the word on the camera goes", "() => document.getElementById('peer-media').hidden");
        await b.PlaysAsync();
    });

    [Fact]
    public Task Auto_next_brings_the_next_person_without_a_press() => PlayAsync(async scene =>
    {
        var (a, b) = (await scene.EnterAsync("a", new PersonOptions { AutoNext = true }), await scene.EnterAsync("b"));
        await Scene.MeetAsync(a, b, "text");
        var c = await scene.EnterAsync("c");
        await c.StartAsync("text", "stamps");
        await c.IsQueuedAsync();
        await b.StopAsync();
        await Scene.TogetherAsync(a, c);
    });
}
