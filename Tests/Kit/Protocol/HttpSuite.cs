using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Camdiv.Tests.Kit.Turn;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary>Section 6 of the protocol: ICE servers, counts, health, the page.</summary>
public abstract class HttpSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    private static SystemSettings ThreeRegions => Defaults
        .WithRegion(0, "ams", 5, "secret-ams", "older-ams")
        .WithRegion(1, "nyc", -74, "secret-nyc")
        .WithRegion(2, "sgp", 104, "secret-sgp");

    [Fact]
    public async Task Ice_servers_need_a_session()
    {
        await using var stage = await StageAsync(ThreeRegions);
        var client = await stage.SearcherAsync("a");
        foreach (var token in Damage.Of(client.Session).Prepend(null).Append(client.User))
        {
            using var refused = await stage.GetAsync("/ice-servers", token);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.DoesNotContain("credential", await refused.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        }
        using var basic = await stage.GetAsync("/ice-servers", null, ("Authorization", "Basic " + client.Session));
        Assert.Equal(HttpStatusCode.Unauthorized, basic.StatusCode);
        await stage.GetJsonAsync("/ice-servers", client.Session);
    }

    [Theory]
    [InlineData("xn--9")]
    [InlineData("xn--a.example:80")]
    [InlineData("xn--99999999999999999999.example")]
    [InlineData("[::1]:x")]
    public async Task A_made_up_host_is_no_failure(string host)
    {
        await using var stage = await StageAsync();
        foreach (var path in new[] { "/", "/ice-servers", "/stats", "/ws" })
        {
            using var response = await stage.GetAsync(path, null, ("Host", host), ("Origin", "http://xn--9"));
            Assert.True((int)response.StatusCode < 500, $"{path}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Ice_servers_are_for_those_who_search_or_are_in_a_room()
    {
        await using var stage = await StageAsync(ThreeRegions);
        // At the last gateway, while HTTP asks the first one.
        var a = await stage.JoinAsync("a", gateway: stage.System.Gateways[^1]);
        using (var idle = await stage.GetAsync("/ice-servers", a.Session))
        {
            Assert.Equal(HttpStatusCode.Forbidden, idle.StatusCode);
            var problem = JsonDocument.Parse(await idle.Content.ReadAsStringAsync()).RootElement;
            Assert.Contains("start", problem.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
        await a.StartAsync();
        await a.ExpectAsync("searching");
        await stage.GetJsonAsync("/ice-servers", a.Session);
        var b = await stage.JoinAsync("b", gateway: stage.System.Gateways[^1]);
        await b.StartAsync();
        await Stage.MetAsync(a, b);
        await stage.GetJsonAsync("/ice-servers", a.Session);
        await stage.GetJsonAsync("/ice-servers", b.Session);
        await a.StopAsync();
        await Until.TrueAsync(
            async () =>
            {
                using var again = await stage.GetAsync("/ice-servers", a.Session);
                return again.StatusCode == HttpStatusCode.Forbidden;
            },
            "whoever left the room is refused");
    }

    [Fact]
    public async Task Who_asks_with_start_still_on_its_way_is_answered()
    {
        await using var stage = await StageAsync(ThreeRegions);
        foreach (var gateway in stage.System.Gateways)
        {
            var a = await stage.JoinAsync("a", gateway: gateway);
            var asked = stage.GetJsonAsync("/ice-servers", a.Session);
            await a.StartAsync();
            await asked;
            await a.StopAsync();
        }
    }

    [Fact]
    public async Task One_address_is_given_credentials_for_so_many_sessions()
    {
        const int Bound = 4;
        await using var stage = await StageAsync(ThreeRegions.With(Keys.IceCredentials, Bound));
        // Of an address of this test's own, for systems that tests share.
        using var crowd = new Caller(stage.Gateway, IPAddress.Parse("127.0.0.71"));
        using var neighbour = new Caller(stage.Gateway, IPAddress.Parse("127.0.0.72"));
        var people = new List<WireClient>();
        for (var i = 0; i <= Bound; i++)
        {
            people.Add(await stage.JoinAsync($"p{i}"));
            await people[i].StartAsync(i % 2 == 0 ? "audio" : "video");
        }
        foreach (var person in people.Take(Bound))
        {
            Assert.Equal(HttpStatusCode.OK, (await crowd.AskAsync(person.Session)).Status);
        }
        var refused = await crowd.AskAsync(people[Bound].Session);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.InRange(refused.RetryAfter!.Value.TotalSeconds, 1, 3_600.0 / Bound);
        Assert.Null(refused.Credential);
        // Who has credentials may ask again; and it is the address that is refused, not the session.
        Assert.Equal(HttpStatusCode.OK, (await crowd.AskAsync(people[0].Session)).Status);
        Assert.Equal(HttpStatusCode.OK, (await neighbour.AskAsync(people[Bound].Session)).Status);
    }

    [Fact]
    public async Task One_address_is_answered_so_often_a_minute()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.IceRequestsOfAddress, 5));
        using var crowd = new Caller(stage.Gateway, IPAddress.Parse("127.0.0.73"));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await crowd.AskAsync("nobody")).Status);
        }
        var refused = await crowd.AskAsync("nobody");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.InRange(refused.RetryAfter!.Value.TotalSeconds, 1, 12);
        using var neighbour = new Caller(stage.Gateway, IPAddress.Parse("127.0.0.74"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await neighbour.AskAsync("nobody")).Status);
    }

    [Fact]
    public async Task Short_lives_are_told_with_when_to_ask_again()
    {
        await using var stage = await StageAsync(ThreeRegions.With(Keys.IceLifeSeconds, 600));
        var client = await stage.SearcherAsync("a");
        using var response = await stage.GetAsync("/ice-servers", client.Session);
        Assert.Equal("max-age=150, private", response.Headers.CacheControl!.ToString());
        var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((600, 150), (json.GetProperty("ttl").GetInt32(), json.GetProperty("refresh").GetInt32()));
    }

    [Fact]
    public async Task Ice_servers_may_be_open_to_all()
    {
        await using var stage = await StageAsync(ThreeRegions.With(Keys.IceRequireSession, false));
        var json = await stage.GetJsonAsync("/ice-servers");
        Assert.NotEmpty(json.GetProperty("iceServers").EnumerateArray());
        var idle = await stage.JoinAsync("a");
        await stage.GetJsonAsync("/ice-servers", idle.Session);
    }

    [Fact]
    public async Task Ice_servers_have_their_shape_and_order()
    {
        await using var stage = await StageAsync(ThreeRegions);
        var client = await stage.SearcherAsync("a");
        using var response = await stage.GetAsync("/ice-servers", client.Session);
        Assert.Equal("max-age=21600, private", response.Headers.CacheControl!.ToString());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(86_400, json.GetProperty("ttl").GetInt32());
        Assert.Equal(21_600, json.GetProperty("refresh").GetInt32());
        var expires = json.GetProperty("expires").GetInt64();
        Assert.InRange(expires - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), 86_340, 86_400);
        Assert.Equal(["ams", "nyc"], Regions(json));
        var servers = json.GetProperty("iceServers").EnumerateArray().ToList();
        var urls = servers.SelectMany(Urls).ToList();
        Assert.Equal(
            [
                "stun:stun.l.google.com:19302", "stun:stun.cloudflare.com:3478",
                "turn:ams.turn.example:3478?transport=udp", "turn:ams.turn.example:3478?transport=tcp",
                "turns:ams.turn.example:443?transport=tcp",
                "turn:nyc.turn.example:3478?transport=udp", "turn:nyc.turn.example:3478?transport=tcp",
                "turns:nyc.turn.example:443?transport=tcp",
            ],
            urls);
        foreach (var server in servers)
        {
            var isTurn = Urls(server).Any(url => url.StartsWith("turn", StringComparison.Ordinal));
            Assert.Equal(isTurn, server.TryGetProperty("username", out _));
            Assert.Equal(isTurn, server.TryGetProperty("credential", out _));
            if (isTurn)
            {
                var secret = Urls(server)[0].Contains("ams", StringComparison.Ordinal) ? "secret-ams" : "secret-nyc";
                CheckCredential(server, secret, $"{expires}:{client.User}");
            }
        }
    }

    [Theory]
    [InlineData(60, "ams", "nyc")]
    [InlineData(-300, "nyc", "ams")]
    [InlineData(480, "sgp", "ams")]
    [InlineData(-720, "sgp", "nyc")]
    public async Task The_nearest_regions_follow_the_offset_from_UTC(int minutes, string first, string second)
    {
        await using var stage = await StageAsync(ThreeRegions);
        var client = await stage.SearcherAsync("a");
        var json = await stage.GetJsonAsync(
            string.Create(CultureInfo.InvariantCulture, $"/ice-servers?utcOffset={minutes}"), client.Session);
        Assert.Equal([first, second], Regions(json));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("1e9")]
    [InlineData("999999999999999999999")]
    public async Task A_senseless_offset_does_not_break_the_answer(string offset)
    {
        await using var stage = await StageAsync(ThreeRegions);
        var client = await stage.SearcherAsync("a");
        using var response = await stage.GetAsync("/ice-servers?utcOffset=" + offset, client.Session);
        Assert.Contains((int)response.StatusCode, new[] { 200, 400 });
    }

    [Fact]
    public async Task Without_regions_there_is_STUN_only()
    {
        await using var stage = await StageAsync();
        var client = await stage.SearcherAsync("a");
        var json = await stage.GetJsonAsync("/ice-servers", client.Session);
        Assert.All(json.GetProperty("iceServers").EnumerateArray().SelectMany(Urls), url => Assert.StartsWith("stun:", url, StringComparison.Ordinal));
        Assert.NotEmpty(json.GetProperty("iceServers").EnumerateArray());
        Assert.Empty(Regions(json));
    }

    [Fact]
    public async Task One_region_is_offered_alone()
    {
        await using var stage = await StageAsync(Defaults.WithRegion(0, "solo", 0, "s"));
        var client = await stage.SearcherAsync("a");
        Assert.Equal(["solo"], Regions(await stage.GetJsonAsync("/ice-servers", client.Session)));
    }

    [Fact]
    public async Task Too_many_requests_are_told_when_to_come_back()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.IceRequests, 3));
        var client = await stage.SearcherAsync("a");
        HttpResponseMessage response;
        var asked = 0;
        do
        {
            response = await stage.GetAsync("/ice-servers", client.Session);
            Assert.True(++asked <= 4, "more than 3 requests were answered");
        }
        while (response.StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        var other = await stage.SearcherAsync("b", "text");
        await stage.GetJsonAsync("/ice-servers", other.Session);
    }

    [Fact]
    public async Task Counts_follow_what_people_do()
    {
        await using var stage = await StageAsync();
        await CountsAsync(stage, 0, 0, 0, 0, 0);
        var (a, _) = await stage.SettledPairAsync();
        await CountsAsync(stage, 2, 0, 0, 0, 1);
        await stage.SearcherAsync("t", "text");
        var audio = await stage.SearcherAsync("u", "audio");
        await CountsAsync(stage, 4, 0, 1, 1, 1);
        await a.StartAsync();
        await CountsAsync(stage, 4, 1, 1, 1, 0);
        await audio.DropAsync();
        await Until.TrueAsync(
            async () => (await stage.GetJsonAsync("/stats")).GetProperty("online").GetInt32() == 3,
            "/stats says online: 3");
    }

    [Theory]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    public async Task A_running_gateway_is_healthy(string path)
    {
        await using var stage = await StageAsync();
        using var response = await stage.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/camdiv.js", "text/javascript")]
    public async Task The_page_is_served_with_its_headers(string path, string type)
    {
        await using var stage = await StageAsync();
        using var response = await stage.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.True(response.Headers.Contains("Referrer-Policy"));
        Assert.False(response.Headers.Contains("Server"), "the server header tells what to attack");
    }

    [Theory]
    [InlineData("/nothing-here")]
    [InlineData("/../appsettings.json")]
    [InlineData("/%2e%2e/Camdiv.Gateway.dll")]
    public async Task Anything_else_is_not_found(string path)
    {
        await using var stage = await StageAsync();
        using var response = await stage.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static Task CountsAsync(Stage stage, int online, int video, int audio, int text, int rooms)
    {
        var wanted = (online, video, audio, text, rooms);
        return Until.TrueAsync(
            async () =>
            {
                var json = await stage.GetJsonAsync("/stats");
                var searching = json.GetProperty("searching");
                return wanted == (
                    json.GetProperty("online").GetInt32(),
                    searching.GetProperty("video").GetInt32(),
                    searching.GetProperty("audio").GetInt32(),
                    searching.GetProperty("text").GetInt32(),
                    json.GetProperty("rooms").GetInt32());
            },
            $"/stats says (online, video, audio, text, rooms) = {wanted}");
    }

    private static void CheckCredential(JsonElement server, string secret, string username)
    {
        Assert.Equal(username, server.GetProperty("username").GetString());
#pragma warning disable CA5350 // The TURN REST convention prescribes HMAC-SHA1.
        var credential = HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(username));
#pragma warning restore CA5350
        Assert.Equal(Convert.ToBase64String(credential), server.GetProperty("credential").GetString());
    }

    private static string[] Regions(JsonElement json) =>
        [.. json.GetProperty("regions").EnumerateArray().Select(region => region.GetString()!)];

    private static string[] Urls(JsonElement server)
    {
        var urls = server.GetProperty("urls");
        return urls.ValueKind == JsonValueKind.String
            ? [urls.GetString()!]
            : [.. urls.EnumerateArray().Select(url => url.GetString()!)];
    }
}
