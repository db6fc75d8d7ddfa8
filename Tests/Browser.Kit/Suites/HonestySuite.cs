using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>What the page says when something cannot be had.</summary>
public abstract class HonestySuite(ISystemFactory systems) : BrowserSuite(systems)
{
    [Fact]
    public Task Who_is_denied_camera_and_microphone_is_told_and_can_write() => PlayAsync(async scene =>
    {
        var (a, b) = (await scene.EnterAsync("a", new PersonOptions { DeniesMedia = true }), await scene.EnterAsync("b"));
        await a.StartAsync();
        await a.SeesAsync(".notice[data-topic=media]", "Your browser blocks the camera and microphone for this page.");
        await a.SeesAsync(".notice[data-topic=media]", "You can still choose text.");
        Assert.Equal("lobby", await a.DataAsync("view"));
        await Scene.MeetAsync(a, b, "text");
    });

    [Fact]
    public Task Without_a_camera_a_video_chat_goes_on_by_voice() => PlayAsync(async scene =>
    {
        var a = await scene.EnterAsync("a", new PersonOptions { Prepare = context => context.AddInitScriptAsync("""
            const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = (wanted) => wanted.video
              ? Promise.reject(new DOMException('Requested device not found', 'NotFoundError'))
              : open(wanted);
            """) });
        var b = await scene.EnterAsync("b");
        await Scene.MeetAsync(a, b);
        await a.SeesAsync(".notice[data-topic=media]", "No camera was found. The other person will hear you but not see you.");
        await a.PlaysAsync();
        await b.SeesAsync("#peer-media", "Camera is off");
    });

    [Fact]
    public Task Who_wants_a_relay_where_there_is_none_is_told() => PlayAsync(async scene =>
    {
        var a = await scene.EnterAsync("a", new PersonOptions { Query = "?relay=1" });
        // The first search is how the page learns of it.
        await a.StartAsync();
        await a.SeesAsync(".notice[data-topic=relay]", "this server has none");
        await a.HasDataAsync("view", "lobby");
        await a.HasDataAsync("relay", "no");
        await a.StartAsync();
        await a.SeesAsync(".notice[data-topic=relay]", "this server has none");
        Assert.Equal("lobby", await a.DataAsync("view"));
    });

    [Fact]
    public Task Where_the_browser_holds_the_sound_back_one_press_plays_it() => PlayAsync(async scene =>
    {
        var a = await scene.EnterAsync("a", new PersonOptions { Prepare = context => context.AddInitScriptAsync("""
            const play = HTMLMediaElement.prototype.play;
            HTMLMediaElement.prototype.play = function () {
              const held = this.id === 'remote-video' && !window.camdivPressed;
              return held ? Promise.reject(new DOMException('no gesture', 'NotAllowedError')) : play.call(this);
            };
            """) });
        var b = await scene.EnterAsync("b");
        await Scene.MeetAsync(a, b);
        await a.SeesAsync("#unblock", "Your browser held the sound back");
        await a.Page.EvaluateAsync("() => { window.camdivPressed = true; }");
        await a.Page.ClickAsync("#unblock");
        await a.UntilAsync("the button goes", "() => document.getElementById('unblock').hidden");
        await a.PlaysAsync();
    });
}
