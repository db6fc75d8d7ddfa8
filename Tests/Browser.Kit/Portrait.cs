namespace Camdiv.Tests.Browser.Kit;

/// <summary>A painted person in place of the browser's test picture, so that pictures of the page show what it is for.</summary>
public static class Portrait
{
    /// <summary>A script that makes the camera show a painted person.</summary>
    /// <param name="wall">Colours of the wall, top and bottom.</param>
    /// <param name="shirt">Colour of the shirt.</param>
    /// <param name="hair">Colour of the hair.</param>
    /// <param name="skin">Colour of the skin.</param>
    public static string Script((string Top, string Bottom) wall, string shirt, string hair, string skin) => $$"""
        navigator.mediaDevices.getUserMedia = ((open) => async (wanted) => {
          if (!wanted.video) return open(wanted);
          const stream = wanted.audio ? await open({ audio: wanted.audio }) : new MediaStream();
          const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
          const c = canvas.getContext('2d');
          const blob = (colour, x, y, rx, ry) => {
            c.fillStyle = colour;
            c.beginPath();
            c.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
            c.fill();
          };
          const paint = () => {
            const sway = Math.sin(performance.now() / 900) * 6;
            const wall = c.createLinearGradient(0, 0, 300, 720);
            wall.addColorStop(0, '{{wall.Top}}');
            wall.addColorStop(1, '{{wall.Bottom}}');
            c.fillStyle = wall;
            c.fillRect(0, 0, 1280, 720);
            blob('rgba(255,255,255,.14)', 1040, 130, 150, 150);
            blob('rgba(255,255,255,.10)', 1120, 210, 220, 220);
            blob('{{hair}}', 640 + sway, 330, 168, 200);
            c.fillStyle = '{{hair}}';
            c.fillRect(472 + sway, 330, 336, 190);
            c.fillStyle = '{{skin}}';
            c.fillRect(590 + sway, 430, 100, 130);
            blob('{{shirt}}', 640, 790, 330, 250);
            blob('{{skin}}', 640 + sway / 2, 556, 84, 44);
            blob('{{skin}}', 640 + sway, 345, 128, 158);
            c.fillStyle = '{{hair}}';
            c.beginPath();
            c.ellipse(640 + sway, 262, 150, 100, 0, Math.PI, 2 * Math.PI);
            c.ellipse(640 + sway, 262, 150, 34, 0, 0, Math.PI);
            c.fill();
            blob('#2b2320', 594 + sway, 350, 12, 14);
            blob('#2b2320', 686 + sway, 350, 12, 14);
            c.strokeStyle = '#8c4a3c';
            c.lineWidth = 9;
            c.lineCap = 'round';
            c.beginPath();
            c.ellipse(640 + sway, 412, 44, 28, 0, 0.15 * Math.PI, 0.85 * Math.PI);
            c.stroke();
          };
          paint();
          setInterval(paint, 66);
          const [track] = canvas.captureStream(15).getVideoTracks();
          stream.addTrack(track);
          return stream;
        })(navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices));
        """;

    /// <summary>Two people who look unlike each other.</summary>
    public static (string A, string B) Two() => (
        Script(("#d9a066", "#8f563b"), "#2f6f73", "#3a2a22", "#e3b491"),
        Script(("#7fa7b5", "#3c5a6b"), "#e0b04b", "#1d1a1a", "#a9714b"));
}
