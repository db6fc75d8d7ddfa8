using Camdiv.Tests.Kit;
using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>One running product and the people in front of it.</summary>
public sealed class Scene(ISystemUnderTest system) : IAsyncDisposable
{
    private readonly List<Person> _people = [];

    /// <summary>The product.</summary>
    public ISystemUnderTest System { get; } = system;

    /// <summary>Everybody who came.</summary>
    public IReadOnlyList<Person> People => _people;

    /// <summary>Somebody opens the page, on the next gateway in turn.</summary>
    public async Task<Person> EnterAsync(string name, PersonOptions? options = null)
    {
        var person = await Person.EnterAsync(name, System.For(_people.Count), options ?? new PersonOptions());
        _people.Add(person);
        return person;
    }

    /// <summary>Another tab of somebody.</summary>
    public async Task<Person> OpenTabAsync(string name, Person of)
    {
        var tab = await of.OpenTabAsync(name);
        _people.Add(tab);
        return tab;
    }

    /// <summary>Two people who are connected with each other; the first of them waited.</summary>
    public async Task<(Person A, Person B)> PairAsync(string chat = "video", PersonOptions? options = null)
    {
        var (a, b) = (await EnterAsync("a", options), await EnterAsync("b", options));
        await MeetAsync(a, b, chat);
        return (a, b);
    }

    /// <summary>Lets two who are in the lobby meet; nobody else may be waiting.</summary>
    public static async Task<string> MeetAsync(Person a, Person b, string chat = "video")
    {
        await a.StartAsync(chat);
        await a.IsQueuedAsync();
        await b.StartAsync(chat);
        return await TogetherAsync(a, b);
    }

    /// <summary>Awaits that two are connected in the same room.</summary>
    public static async Task<string> TogetherAsync(Person a, Person b)
    {
        var rooms = await Task.WhenAll(a.ConnectedAsync(), b.ConnectedAsync());
        Assert.Equal(rooms[0], rooms[1]);
        return rooms[0];
    }

    /// <summary>The test brings errors about itself that match this in the consoles of those who are there.</summary>
    public void Expect(string pattern) => _people.ForEach(person => person.Watch.Expect(pattern));

    /// <summary>What went wrong without being awaited: in the tabs, and in the product's log.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. _people.SelectMany(person => person.Watch.Problems.Select(problem => $"{person.Name}: {problem}")),
        .. System.Output.Split('\n').Where(line => line.StartsWith("fail:", StringComparison.Ordinal)
            || line.StartsWith("crit:", StringComparison.Ordinal)).Select(line => $"server: {line}"),
    ];

    /// <summary>Where everybody is, for a message.</summary>
    public async Task<string> DescribeAsync() =>
        string.Join('\n', await Task.WhenAll(_people.Select(person => person.DescribeAsync())));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var context in _people.Select(person => person.Page.Context).Distinct())
        {
            try
            {
                await context.CloseAsync();
            }
            catch (PlaywrightException)
            {
                // The browser is gone, and the test has said so.
            }
        }
        await System.DisposeAsync();
    }
}
