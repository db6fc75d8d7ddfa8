using System.Net;
using System.Text.Json;
using Camdiv.Tests.Gateway.Protocol;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Kit.Turn;

namespace Camdiv.Tests.Gateway.Turn;

/// <summary>Credentials from <c>/ice-servers</c> at a real TURN server.</summary>
public sealed class CoturnTests
{
    [Fact]
    public async Task A_credential_from_the_gateway_allocates()
    {
        await using var coturn = await Coturn.StartAsync();
        await using var stage = await StageAsync(coturn.Secret);
        var (username, credential) = await CredentialAsync(stage);
        var answer = await TurnClient.AllocateAsync(coturn.EndPoint, username, credential);
        Assert.True(answer.Error is null, $"refused with {answer.Error}: {coturn.Output}");
        Assert.True(answer.LifetimeSeconds > 0);
    }

    [Fact]
    public async Task While_a_secret_rotates_the_first_signs()
    {
        await using var coturn = await Coturn.StartAsync("the-new-secret");
        await using var stage = await StageAsync("the-new-secret", "the-old-secret");
        var (username, credential) = await CredentialAsync(stage);
        Assert.Null((await TurnClient.AllocateAsync(coturn.EndPoint, username, credential)).Error);
    }

    [Fact]
    public async Task A_wrong_credential_is_refused()
    {
        await using var coturn = await Coturn.StartAsync();
        await using var stage = await StageAsync("another-secret");
        var (username, credential) = await CredentialAsync(stage);
        Assert.Equal(401, (await TurnClient.AllocateAsync(coturn.EndPoint, username, credential)).Error);
    }

    [Fact]
    public async Task A_credential_for_a_longer_life_than_was_signed_is_refused()
    {
        await using var coturn = await Coturn.StartAsync();
        await using var stage = await StageAsync(coturn.Secret);
        var (username, credential) = await CredentialAsync(stage);
        var parts = username.Split(':', 2);
        var longer = $"{long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture) + 86_400}:{parts[1]}";
        Assert.Equal(401, (await TurnClient.AllocateAsync(coturn.EndPoint, longer, credential)).Error);
    }

    [Fact]
    public async Task An_expired_credential_is_refused()
    {
        await using var coturn = await Coturn.StartAsync();
        // Signed with the right secret, over a time that is past: what a page holds that was open for too long.
        var expired = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToUnixTimeSeconds();
        var username = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{expired}:someUser");
        var credential = Convert.ToBase64String(System.Security.Cryptography.HMACSHA1.HashData(
            System.Text.Encoding.UTF8.GetBytes(coturn.Secret), System.Text.Encoding.UTF8.GetBytes(username)));
        Assert.Equal(401, (await TurnClient.AllocateAsync(coturn.EndPoint, username, credential)).Error);
    }

    private static async Task<Stage> StageAsync(params string[] secrets) =>
        new(await new EmbeddedSystems().StartAsync(SystemSettings.Default.WithRegion(0, "here", 0, secrets)));

    private static async Task<(string Username, string Credential)> CredentialAsync(Stage stage)
    {
        var client = await stage.SearcherAsync("a");
        var json = await stage.GetJsonAsync("/ice-servers", client.Session);
        var turn = json.GetProperty("iceServers").EnumerateArray()
            .First(server => server.TryGetProperty("username", out JsonElement _));
        return (turn.GetProperty("username").GetString()!, turn.GetProperty("credential").GetString()!);
    }
}
