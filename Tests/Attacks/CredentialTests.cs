using System.Net;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Attacks;
using Camdiv.Tests.Kit.Turn;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Attacks;

/// <summary>One address that takes TURN credentials as many people.</summary>
[Collection(SharedTargets.Name)]
public sealed class CredentialTests(Targets targets, ITestOutputHelper output)
{
    private const int Identities = 80;

    private static readonly IPAddress Attacker = IPAddress.Parse("127.0.0.66");
    private static readonly IPAddress Honest = IPAddress.Parse("127.0.0.7");

    [Theory]
    [InlineData(Layout.OneProcess)]
    [InlineData(Layout.Cluster)]
    public async Task One_address_mints_no_more_than_its_budget(Layout layout)
    {
        var target = await targets.OfAsync(layout, SystemSettings.Default
            .With("Ice:Regions:0:Name", "here").With("Ice:Regions:0:Host", "turn.example").With("Ice:Regions:0:Secrets:0", "secret"));
        await using var hoard = new CredentialHoard(target.For(0), Attacker);
        await hoard.MintAsync(3, searching: false);
        Assert.All(hoard.Answers, answer => Assert.Equal(HttpStatusCode.Forbidden, answer.Status));
        await hoard.MintAsync(Identities, searching: true);
        Assert.InRange(hoard.Credentials.Count, 1, Identities - 1);
        Assert.Contains(hoard.Answers, answer => answer is { Status: HttpStatusCode.TooManyRequests, RetryAfter: not null });

        await using var person = await WireClient.JoinAsync(target.For(0), new() { Name = "person", From = Honest });
        await person.StartAsync("video", ["nobody else's interest"]);
        await person.ExpectAsync("searching");
        using var caller = new Caller(target.For(0), Honest);
        Assert.Equal(HttpStatusCode.OK, (await caller.AskAsync(person.Session)).Status);
        new Outcome("one address asks for TURN credentials as many identities", "400 in 1.8 s, none refused; 51 hold a whole relay for an hour")
            .Write(output, layout, $"{hoard.Credentials.Count} of {Identities} who search, then 429; idle ones 403; others are served");
    }
}
