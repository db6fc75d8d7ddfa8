namespace Camdiv.Tests.Unit.Simulation;

/// <summary>Delays: mostly a few milliseconds, now and then far more. Named paths keep their order, nothing else does.</summary>
internal sealed class SimNetwork(SimulationRun run)
{
    private readonly Dictionary<object, long> _lastArrival = [];

    public static int Delay(Random random) => random.Next(100) switch
    {
        < 60 => random.Next(3),
        < 93 => random.Next(15),
        < 99 => random.Next(100),
        _ => random.Next(400),
    };

    public void Send(Action arrive) => run.World.After(Delay(run.World.Random), arrive);

    public void SendInOrder(object path, Action arrive)
    {
        var now = run.World.NowMs;
        var at = Math.Max(now + Delay(run.World.Random), _lastArrival.GetValueOrDefault(path));
        _lastArrival[path] = at;
        run.World.After((int)(at - now), arrive);
    }
}
