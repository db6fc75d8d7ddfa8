using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Browser.Kit;

/// <content>Which way their media take.</content>
public sealed partial class Person
{
    /// <summary>The selected candidate pair of the newest connection: types of both sides, local ICE user.</summary>
    public async Task<SelectedPair> SelectedPairAsync()
    {
        const string Read = """
            async () => {
              const connection = window.camdivConnections.filter((c) => c.connectionState === 'connected').at(-1);
              if (!connection) return null;
              const report = await connection.getStats();
              let transport = null;
              report.forEach((stat) => { if (stat.type === 'transport') transport = stat; });
              const pair = report.get(transport?.selectedCandidatePairId);
              const local = report.get(pair?.localCandidateId);
              const remote = report.get(pair?.remoteCandidateId);
              if (!local || !remote) return null;
              return { local: local.candidateType, remote: remote.candidateType, user: local.usernameFragment };
            }
            """;
        SelectedPair? pair = null;
        await Until.TrueAsync(
            async () => (pair = await Page.EvaluateAsync<SelectedPair?>(Read)) is not null,
            $"{Name}: a selected candidate pair",
            Patience);
        return pair!;
    }

    /// <summary>Awaits a selected candidate pair with some property.</summary>
    public Task UntilPathAsync(Predicate<SelectedPair> fits, string what) =>
        Until.TrueAsync(async () => fits(await SelectedPairAsync()), $"{Name}: {what}", Patience);

    /// <summary>The TURN user name that the newest connection is configured with.</summary>
    public Task<string> CredentialAsync() => Page.EvaluateAsync<string>(
        "() => window.camdivConnections.at(-1).getConfiguration().iceServers.find((server) => server.username).username");

    /// <summary>The ICE users under which the newest connection has gathered so far: one for every restart, and the first.</summary>
    public async Task<IReadOnlySet<string>> GenerationsAsync() =>
        (await GatheredAsync()).Select(candidate => candidate.User).ToHashSet();

    /// <summary>Awaits candidates of a restarted ICE: each is a place at the relay, granted for what was configured then.</summary>
    /// <param name="before">The ICE users before the restart.</param>
    public async Task<IReadOnlyList<Gathered>> RegatheredAsync(IReadOnlySet<string> before)
    {
        List<Gathered> renewed = [];
        await Until.TrueAsync(
            async () => (renewed = [.. (await GatheredAsync()).Where(candidate => !before.Contains(candidate.User))]).Count > 0,
            $"{Name}: candidates of a restarted ICE",
            Patience);
        return renewed;
    }

    /// <summary>The candidates of the newest connection: their generation, and the TURN user name at that time.</summary>
    public async Task<IReadOnlyList<Gathered>> GatheredAsync() =>
        await Page.EvaluateAsync<Gathered[]>("() => window.camdivConnections.at(-1).camdivGathered");
}

/// <summary>The way the media take.</summary>
public sealed class SelectedPair
{
    /// <summary>Type of the own candidate.</summary>
    public string Local { get; set; } = "";

    /// <summary>Type of the stranger's candidate.</summary>
    public string Remote { get; set; } = "";

    /// <summary>ICE user name of the own candidate: another one after every restart.</summary>
    public string User { get; set; } = "";
}

/// <summary>An own candidate.</summary>
public sealed class Gathered
{
    /// <summary>The ICE user it belongs to.</summary>
    public string User { get; set; } = "";

    /// <summary>The TURN user name that was configured when it was gathered.</summary>
    public string Credential { get; set; } = "";
}
