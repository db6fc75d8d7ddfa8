using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary>
/// One test's system and the strangers on it. At the end everybody leaves in order and the logs of all go through the
/// invariant checker, whatever else the test looked at.
/// </summary>
public sealed class Stage(ISystemUnderTest system) : IAsyncDisposable
{
    // Crowds join at once.
    private readonly ConcurrentQueue<WireClient> _clients = new();
    private readonly WireNames _names = new();
    private readonly HttpClient _http = new();
    private int _joined;

    /// <summary>The system.</summary>
    public ISystemUnderTest System { get; } = system;

    /// <summary>The first gateway.</summary>
    public Uri Gateway => System.Gateways[0];

    /// <summary>What the checker tolerates; null where a test breaks the rules of good clients on purpose.</summary>
    public InvariantOptions? Invariants { get; set; } = new();

    /// <summary>Opens a connection without <c>hello</c>, at the next gateway in turn.</summary>
    public async Task<WireClient> OpenAsync(string name, WireClientOptions? options = null, Uri? gateway = null)
    {
        options = (options ?? new WireClientOptions()) with { Name = name, Names = _names };
        var client = await WireClient.OpenAsync(gateway ?? System.For(_joined++), options);
        _clients.Enqueue(client);
        return client;
    }

    /// <summary>Opens a connection and is welcomed, at the next gateway in turn.</summary>
    public async Task<WireClient> JoinAsync(string name, WireClientOptions? options = null, Uri? gateway = null)
    {
        var client = await OpenAsync(name, options, gateway);
        await client.HelloAsync();
        await client.ExpectAsync("welcome");
        return client;
    }

    /// <summary>The same person on a new connection, at the next gateway in turn unless one is named; welcomed.</summary>
    public async Task<WireClient> ReturnAsync(WireClient client, WireClientOptions? options = null, Uri? gateway = null)
    {
        var back = await client.ReturnAsync(gateway ?? System.For(_joined++), options);
        _clients.Enqueue(back);
        return back;
    }

    /// <summary>A client that waits for a stranger and was told so.</summary>
    public async Task<WireClient> SearcherAsync(string name, string chat = "video", WireClientOptions? options = null)
    {
        var client = await JoinAsync(name, options);
        await client.StartAsync(chat);
        await client.ExpectAsync("searching");
        return client;
    }

    /// <summary>Two clients in a room, both told; acknowledged unless the options say otherwise.</summary>
    public async Task<(WireClient A, WireClient B)> PairAsync(
        string a = "a", string b = "b", string chat = "video", WireClientOptions? options = null)
    {
        var first = await SearcherAsync(a, chat, options);
        var second = await JoinAsync(b, options);
        await second.StartAsync(chat);
        await MetAsync(first, second);
        return (first, second);
    }

    /// <summary>Awaits that both are told of the same room with each other.</summary>
    public static async Task<(Received A, Received B)> MetAsync(WireClient a, WireClient b)
    {
        var (forA, forB) = (await a.MatchedAsync(), await b.MatchedAsync());
        AssertMet(a, b, forA, forB);
        return (forA, forB);
    }

    /// <summary>The same, with nothing said to either before.</summary>
    public static async Task MetAtOnceAsync(WireClient a, WireClient b) =>
        AssertMet(a, b, await a.ExpectAsync("matched"), await b.ExpectAsync("matched"));

    /// <summary>Awaits that a client's next match is with a certain other, to whom something else may be told before.</summary>
    public static async Task<Received> MetByAsync(WireClient client, WireClient other)
    {
        var mine = await client.MatchedAsync();
        var theirs = await other.NextAsync(m => m.Type == "matched" && m.Room == mine.Room, $"the match with {client.Name}");
        AssertMet(client, other, mine, theirs);
        return mine;
    }

    /// <summary>Awaits that two were told of a room together, whatever else they were told of before.</summary>
    public static Task MeetAtLastAsync(WireClient one, WireClient other, TimeSpan? timeout = null) => Until.TrueAsync(
        () => one.All.Any(m => m.Type == "matched" && other.All.Any(n => n.Type == "matched" && n.Room == m.Room)),
        $"a match of {one.Name} and {other.Name}",
        timeout);

    /// <summary>Awaits that a newcomer is told of a room with one of two who wait, whoever of them it is.</summary>
    /// <returns>The other one, who waits on.</returns>
    public static async Task<WireClient> MetOneOfAsync(WireClient newcomer, WireClient one, WireClient other)
    {
        var forNewcomer = await newcomer.MatchedAsync();
        bool Met(WireClient client) => client.All.Any(m => m.Type == "matched" && m.Room == forNewcomer.Room);
        await Until.TrueAsync(() => Met(one) || Met(other), $"{newcomer.Name}'s match told to {one.Name} or {other.Name}");
        var (met, left) = Met(one) ? (one, other) : (other, one);
        AssertMet(newcomer, met, forNewcomer, await met.MatchedAsync());
        return left;
    }

    /// <summary>Sends a relay frame each way: once both have come, the server has both acknowledgements.</summary>
    public static async Task SettleAsync(WireClient a, WireClient b)
    {
        await a.RelayAsync("settle");
        await b.RelayAsync("settle");
        await a.ExpectFrameAsync("settle");
        await b.ExpectFrameAsync("settle");
    }

    /// <summary>Awaits that the server has taken all a client sent so far: one more question, with a harmless answer.</summary>
    public static async Task ServedAsync(WireClient client)
    {
        await client.ReportAsync("of nobody", "noSuchRoom");
        await client.ExpectErrorAsync("not-in-room");
    }

    /// <summary>A settled pair: the handshake is over on both sides.</summary>
    public async Task<(WireClient A, WireClient B)> SettledPairAsync(string a = "a", string b = "b", string chat = "video")
    {
        var pair = await PairAsync(a, b, chat);
        await SettleAsync(pair.A, pair.B);
        return pair;
    }

    /// <summary>Shows that nothing more is under way for a client that is idle: its search is answered next.</summary>
    public static async Task ExpectNothingAsync(WireClient idle, string chat = "audio")
    {
        await idle.StartAsync(chat);
        var next = await idle.ExpectAsync("searching");
        Assert.Equal(chat, next.Chat);
        await idle.StopAsync();
    }

    /// <summary>
    /// Lets whoever waits wait longer than those who come after, by more than a ticket is on its way. Who was told
    /// <c>searching</c> before another began is ahead without it, unless a queue was lost in between.
    /// </summary>
    public static Task WaitedLongerAsync()
    {
        var from = WireClock.Now;
        return Until.TrueAsync(() => WireClock.Now - from > 50_000, "50 ms have passed");
    }

    /// <summary>
    /// Blocks the present peer: the blocked one hears <c>stop</c>, the blocker may hear <c>blocked</c>, both are idle.
    /// </summary>
    public static async Task BlockAsync(WireClient blocker, WireClient blocked, string unused = "text")
    {
        var room = blocker.Room;
        await blocker.BlockAsync();
        await blocked.ExpectLeftAsync(room, "stop");
        await blocker.StartAsync(unused);
        var answer = await blocker.NextAsync(_ => true, "an answer to start");
        if (answer.Type == "peer-left")
        {
            Assert.Equal((room, "blocked"), (answer.Room, answer.Reason));
            answer = await blocker.ExpectAsync("searching");
        }
        Assert.Equal(("searching", unused), (answer.Type, answer.Chat));
        await blocker.StopAsync();
        await ExpectNothingAsync(blocked, unused);
    }

    /// <summary>Two meet, and the first blocks the second; both are idle then.</summary>
    public static async Task MeetAndBlockAsync(WireClient blocker, WireClient blocked)
    {
        await blocker.StartAsync("audio");
        await blocker.ExpectAsync("searching");
        await blocked.StartAsync("audio");
        await MetAsync(blocker, blocked);
        await SettleAsync(blocker, blocked);
        await BlockAsync(blocker, blocked);
    }

    /// <summary>An HTTP answer of the first gateway.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, string? bearer = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Gateway, path));
        if (bearer is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + bearer);
        }
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return _http.SendAsync(request);
    }

    /// <summary>A JSON answer of the first gateway, which must be 200.</summary>
    public async Task<JsonElement> GetJsonAsync(string path, string? bearer = null)
    {
        using var response = await GetAsync(path, bearer);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>Awaits that the server knows how many are online, so that it has noticed a drop.</summary>
    public Task OnlineAsync(int count) =>
        Until.TrueAsync(
            async () => (await GetJsonAsync("/stats")).GetProperty("online").GetInt32() == count,
            $"/stats says online: {count}");

    /// <summary>Cuts a client's connection and awaits that the server has noticed.</summary>
    public async Task DropAsync(WireClient client)
    {
        var open = _clients.Count(c => c.IsOpen && c.User.Length > 0);
        await OnlineAsync(open);
        await client.DropAsync();
        await OnlineAsync(open - 1);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var report = Invariants is { } options
            ? InvariantChecker.Check([.. _clients.Select(client => client.Log).Distinct()], options)
            : null;
        foreach (var client in _clients)
        {
            await LeaveAsync(client);
        }
        _http.Dispose();
        await System.DisposeAsync();
        Assert.True(report is null or { Total: 0 }, report?.Describe());
    }

    // On a system that other tests share, nobody may stay behind in a queue.
    private static async Task LeaveAsync(WireClient client)
    {
        try
        {
            if (client.IsOpen && client.User.Length > 0)
            {
                await client.StopAsync();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The server closed it first.
        }
        await client.DisposeAsync();
    }

    private static void AssertMet(WireClient a, WireClient b, Received forA, Received forB)
    {
        Assert.True(forA.Room == forB.Room, $"{a.Name} and {b.Name} were told of {forA} and {forB}");
        Assert.Equal((forB.Self, forA.Self), (forA.Peer, forB.Peer));
    }
}
