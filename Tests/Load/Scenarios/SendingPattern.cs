namespace Camdiv.Tests.Load.Scenarios;

/// <summary>How frames at a fixed rate are spread over the users that send them.</summary>
public enum SendingPattern
{
    /// <summary>
    /// Each user keeps a clock of its own, begun at a random moment, as people do: now and then several frames reach the
    /// server together.
    /// </summary>
    Independent,

    /// <summary>One clock sends one frame at a time over all sockets in turn: no two frames ever reach the server together.</summary>
    InTurn,
}
