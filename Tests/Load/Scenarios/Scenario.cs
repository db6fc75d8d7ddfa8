namespace Camdiv.Tests.Load.Scenarios;

/// <summary>What the users of a run do. All members are called on the loop's thread.</summary>
public abstract class Scenario
{
    /// <summary>Every scenario by its name on the command line.</summary>
    public static IReadOnlyDictionary<string, Func<Scenario>> All { get; } = new Dictionary<string, Func<Scenario>>
    {
        ["steady"] = static () => new SteadyScenario(),
        ["stampede"] = static () => new StampedeScenario(),
        ["skippers"] = static () => new SkippersScenario(),
        ["churn"] = static () => new ChurnScenario(),
        ["idle"] = static () => new IdleScenario(),
        ["signaling"] = static () => new SignalingScenario(),
        ["relay"] = static () => new RelayScenario(),
        ["mixed"] = static () => new MixedScenario(),
    };

    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in a sentence that names what rate means.</summary>
    public abstract string Description { get; }

    /// <summary>Whether a bare relay can serve it.</summary>
    public virtual bool RelayOnly => false;

    /// <summary>How many users it needs when none are given; they are connected before it begins.</summary>
    public abstract int UsersFor(LoadOptions options);

    /// <summary>The users are connected.</summary>
    public abstract void Begin(LoadRun run);

    /// <summary>Measuring begins now.</summary>
    public virtual void OnMeasuring(LoadRun run)
    {
    }

    /// <summary>A user is connected, for the first time or again.</summary>
    public virtual void OnReady(VirtualUser user)
    {
    }

    /// <summary>A user met a stranger.</summary>
    public virtual void OnMatched(VirtualUser user)
    {
    }

    /// <summary>A user's peer left; the user is idle.</summary>
    public virtual void OnPeerLeft(VirtualUser user)
    {
    }

    /// <summary>A payload of the present peer came.</summary>
    public virtual void OnFrame(VirtualUser user, char kind)
    {
    }

    /// <summary>A timer of a user came.</summary>
    public virtual void OnTime(VirtualUser user, long due, int tag)
    {
    }

    /// <summary>The server or the network closed a user's connection.</summary>
    public virtual void OnClosed(VirtualUser user)
    {
    }
}
