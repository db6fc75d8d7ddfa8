using System.Globalization;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// One simulation: rounds of churn, each followed by a calm in which everybody comes back and only the rules act, until
/// enough pairs were told of each other. After each calm nothing may be left undone.
/// </summary>
internal sealed class SimulationRun : IDisposable
{
    private const int InspectEveryMs = 500;

    private readonly Dictionary<UserId, SimUser> _byId = [];

    public SimulationRun(SimulationPlan plan)
    {
        Plan = plan;
        World = new VirtualWorld(plan.Seed);
        Ids = new SeededIds(World);
        Violations = new Violations(World);
        Ledger = new RoomLedger(World, Violations, plan.Options.AckMs);
        Habits = new Habits(this);
        Engine = plan.Hosts == 0 ? new EmbeddedSimEngine(this) : new ClusterSimEngine(this);
        DiesWhenLookedAt = plan.Hosts == 0 ? plan.PokeChance : plan.PokeChance / 10;
    }

    public SimulationPlan Plan { get; }

    public VirtualWorld World { get; }

    public SeededIds Ids { get; }

    public Violations Violations { get; }

    public RoomLedger Ledger { get; }

    public Habits Habits { get; }

    public ISimEngine Engine { get; }

    public List<SimUser> Users { get; } = [];

    /// <summary>Those who came only to be met, and left.</summary>
    public HashSet<SimUser> Retired { get; } = [];

    /// <summary>False in the calm: nobody presses anything, nothing breaks.</summary>
    public bool Churning { get; private set; }

    public double DiesWhenLookedAt { get; }

    /// <summary>Relay frames that arrived.</summary>
    public long Frames { get; set; }

    public SimUser Find(UserId id) => _byId[id];

    public SimUser Find(SeatId seat) => Find(Ids.Find(seat));

    /// <summary>Runs to the end or to the first violation, which it throws.</summary>
    public void Execute()
    {
        Explore();
        Assert.True(!Violations.Any, ToString());
    }

    /// <summary>Runs to the end or to the first violation.</summary>
    public void Explore()
    {
        while (Users.Count < Plan.Users)
        {
            var user = Add();
            World.After(World.Random.Next(2_000), () => Habits.Live(user));
        }
        World.After(InspectEveryMs, Inspect);
        while (Ledger.Matches < Plan.Matches && !Violations.Any)
        {
            Churning = true;
            RunWhileSound(Plan.ChurnMs);
            Churning = false;
            RunWhileSound(Plan.CalmMs);
            if (!Violations.Any)
            {
                new QuietCheck(this).Run();
            }
        }
    }

    public SimUser Add()
    {
        return Add(new SimUser(this, Users.Count, AnyHost()));
    }

    public SimUser Add(SimUser user)
    {
        Users.Add(user);
        _byId.Add(user.Id, user);
        return user;
    }

    public int AnyHost() => Plan.Hosts == 0 ? 0 : World.Random.Next(Plan.Hosts);

    public void Dispose() => Engine.Dispose();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Plan}: {Violations.Count} violations after {Ledger.Matches} matches, {World.NowMs / 1000.0} s of virtual time.
        {Violations}
        Replay: CAMDIV_SEED={Plan.Seed} dotnet test Tests/Unit --filter FullyQualifiedName~Simulation
        """);

    private void RunWhileSound(int ms)
    {
        for (var rest = ms; rest > 0 && !Violations.Any; rest -= InspectEveryMs)
        {
            World.Run(Math.Min(rest, InspectEveryMs));
        }
    }

    private void Inspect()
    {
        Engine.Inspect();
        World.After(InspectEveryMs, Inspect);
    }
}
