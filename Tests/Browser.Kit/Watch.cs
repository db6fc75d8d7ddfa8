using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>Collects what a page must never do: log errors, throw, break its policy, ask a foreign server.</summary>
public sealed class Watch
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _problems = [];
    private readonly List<Regex> _expected = [];
    private readonly string _origin;

    /// <summary>Watches a page from before its first request.</summary>
    public Watch(IPage page, Uri gateway)
    {
        _origin = gateway.GetLeftPart(UriPartial.Authority);
        page.Console += (_, message) => Take($"{message.Type}: {message.Text}", message.Type is "error" or "warning");
        page.PageError += (_, error) => Take($"uncaught: {error}", isProblem: true);
        page.Crash += (_, _) => Take("the page crashed", isProblem: true);
        page.Request += (_, request) => OnRequest(request.Url);
    }

    /// <summary>What went wrong and was not expected.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_lock)
            {
                return [.. _problems.Where(problem => !_expected.Any(pattern => pattern.IsMatch(problem)))];
            }
        }
    }

    /// <summary>The last lines of the console.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines.TakeLast(15)];
            }
        }
    }

    /// <summary>The test brings such an error about itself.</summary>
    public void Expect(string pattern)
    {
        lock (_lock)
        {
            _expected.Add(new Regex(pattern));
        }
    }

    private void OnRequest(string url)
    {
        var own = url.StartsWith(_origin, StringComparison.Ordinal)
            || url.StartsWith("data:", StringComparison.Ordinal) || url.StartsWith("blob:", StringComparison.Ordinal);
        if (!own)
        {
            Take($"foreign request: {url}", isProblem: true);
        }
    }

    private void Take(string line, bool isProblem)
    {
        lock (_lock)
        {
            _lines.Add(line);
            if (isProblem)
            {
                _problems.Add(line);
            }
        }
    }
}
