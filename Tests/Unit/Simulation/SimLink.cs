using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>A simulated socket: alive until it is not, which the engine notices only by asking or when told.</summary>
internal sealed class SimLink(SimulationRun run, SimUser user) : IClientLink
{
    private bool _alive = true;

    /// <summary>Events delivered so far.</summary>
    public int Heard { get; set; }

    /// <summary>The socket as it is; <see cref="IsAlive"/> is what the engine sees, and may be the last it sees.</summary>
    public bool Open => _alive;

    public bool IsAlive
    {
        get
        {
            var answer = _alive;
            if (answer && run.Churning && run.World.Chance(run.DiesWhenLookedAt))
            {
                user.DieLookedAt(detachAfterMs: run.World.Random.Next(200));
            }
            return answer;
        }
    }

    public bool Deliver(ServerEvent message)
    {
        if (_alive)
        {
            user.View.Hear(this, message);
        }
        return _alive;
    }

    public bool DeliverFrame(ReadOnlySpan<byte> frame)
    {
        if (_alive)
        {
            user.View.HearFrame(this, frame);
        }
        return _alive;
    }

    public void Close(LinkCloseReason reason) => _alive = false;

    public void Die() => _alive = false;
}
