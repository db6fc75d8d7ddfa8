using Camdiv.Tests.Kit;
using Xunit.Sdk;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>
/// Base of the end-to-end tests: people in real browsers in front of whatever a derived class starts. Every test also
/// insists that no page logged an error, broke its policy or asked a foreign server, and that the server logged none.
/// </summary>
/// <param name="systems">Starts the system under test.</param>
public abstract class BrowserSuite(ISystemFactory systems)
{
    /// <summary>Defaults of the product, without the public STUN servers.</summary>
    protected static SystemSettings Local { get; } = SystemSettings.Default.With("Ice:StunUrls", "");

    /// <summary>Plays a scene on a system of its own; a failure tells where everybody was.</summary>
    protected async Task PlayAsync(Func<Scene, Task> play, SystemSettings? settings = null)
    {
        // Asked for first: without a browser nothing need be started.
        await SharedBrowser.GetAsync();
        await using var scene = new Scene(await systems.StartAsync(settings ?? Local));
        try
        {
            await play(scene);
        }
        catch (Exception e) when (e is not SkipException)
        {
            throw new SceneException($"{e.Message}\n\n{await scene.DescribeAsync()}\nserver: {Tail(scene.System.Output)}", e);
        }
        Assert.True(scene.Problems().Count == 0, "Unexpected:\n" + string.Join('\n', scene.Problems()));
    }

    private static string Tail(string output) => output.Length <= 2_000 ? output : output[^2_000..];
}

/// <summary>A scene went wrong; the message shows everybody's page.</summary>
public sealed class SceneException(string message, Exception inner) : Exception(message, inner);
