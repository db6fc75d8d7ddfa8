using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>What is particular about one person's browser.</summary>
public sealed record PersonOptions
{
    /// <summary>Query of the page's address, such as <c>?relay=1</c>.</summary>
    public string Query { get; init; } = "";

    /// <summary>Whether the page looks for the next person by itself; off, so that a test says who meets whom.</summary>
    public bool AutoNext { get; init; }

    /// <summary>Width of the window in CSS pixels.</summary>
    public int Width { get; init; } = 1000;

    /// <summary>Height of the window in CSS pixels.</summary>
    public int Height { get; init; } = 700;

    /// <summary>Light or dark.</summary>
    public ColorScheme Colors { get; init; } = ColorScheme.Light;

    /// <summary>Device pixels per CSS pixel.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Whether the person says no when asked for camera and microphone.</summary>
    public bool DeniesMedia { get; init; }

    /// <summary>Whether scripts of the test may run in the page in spite of its policy.</summary>
    public bool BypassPolicy { get; init; }

    /// <summary>Done to the context before the page opens.</summary>
    public Func<IBrowserContext, Task>? Prepare { get; init; }
}
