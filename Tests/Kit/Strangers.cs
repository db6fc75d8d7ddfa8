using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit;

/// <summary>Strangers who do once what most calls do.</summary>
public static class Strangers
{
    /// <summary>
    /// Two meet, exchange frames, one connects directly and one over a relay, one asks for ICE servers, and one leaves.
    /// </summary>
    /// <param name="gateway">Where they connect.</param>
    /// <param name="chat">What for.</param>
    public static async Task MeetAsync(Uri gateway, string chat = "video")
    {
        await using var one = await WireClient.JoinAsync(gateway, new WireClientOptions { Name = "one" }).ConfigureAwait(false);
        await using var two = await WireClient.JoinAsync(gateway, new WireClientOptions { Name = "two" }).ConfigureAwait(false);
        await one.StartAsync(chat).ConfigureAwait(false);
        await one.ExpectAsync("searching").ConfigureAwait(false);
        await two.StartAsync(chat).ConfigureAwait(false);
        await one.MatchedAsync().ConfigureAwait(false);
        await two.MatchedAsync().ConfigureAwait(false);
        await one.RelayAsync("offer").ConfigureAwait(false);
        await two.ExpectFrameAsync("offer").ConfigureAwait(false);
        await one.ConnectedAsync(candidate: "srflx", ms: 420).ConfigureAwait(false);
        await two.ConnectedAsync(candidate: "relay", protocol: "tls", ms: 900).ConfigureAwait(false);
        using var http = new HttpClient { DefaultRequestHeaders = { { "Authorization", $"Bearer {one.Session}" } } };
        using var ice = await http.GetAsync(new Uri(gateway, "/ice-servers")).ConfigureAwait(false);
        // Where many meet from one address it has had its share at some time.
        if (ice.StatusCode != System.Net.HttpStatusCode.TooManyRequests)
        {
            ice.EnsureSuccessStatusCode();
        }
        await two.RelayAsync("answer").ConfigureAwait(false);
        await one.ExpectFrameAsync("answer").ConfigureAwait(false);
        await one.StopAsync().ConfigureAwait(false);
        await two.ExpectAsync("peer-left").ConfigureAwait(false);
    }
}
