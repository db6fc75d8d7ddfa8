using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// What a grain has of each gateway's numbered batches. While a silo comes or goes a grain may have two activations, and an
/// answer may be lost: a gateway's state here is incomplete from a gap in its numbers until a whole batch, not merely
/// until the gateway has been asked for one.
/// </summary>
internal sealed class BatchNumbers
{
    private readonly Dictionary<HostId, (long Last, bool Complete)> _byHost = [];

    /// <summary>What is to be done about a batch.</summary>
    public enum Verdict : byte
    {
        /// <summary>Take it in.</summary>
        Take,

        /// <summary>Take it in, and ask for a whole one: the gateway is new here, or batches went elsewhere.</summary>
        TakeAndAsk,

        /// <summary>Ignore it: a later one was taken in, so its sender has sent it again and does not wait for it.</summary>
        Ignore,
    }

    /// <summary>Notes a batch.</summary>
    /// <param name="host">Whose.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="whole">Whether it names everything the gateway has.</param>
    public Verdict Note(HostId host, long number, bool whole)
    {
        var known = _byHost.TryGetValue(host, out var state);
        if (known && number <= state.Last)
        {
            return Verdict.Ignore;
        }
        var complete = whole || number == 1 || (state.Complete && number == state.Last + 1);
        _byHost[host] = (number, complete);
        return complete ? Verdict.Take : Verdict.TakeAndAsk;
    }

    /// <summary>Whether a gateway has been heard of.</summary>
    public bool Knows(HostId host) => _byHost.ContainsKey(host);

    /// <summary>Forgets a gateway; it is then incomplete.</summary>
    public void Forget(HostId host) => _byHost.Remove(host);
}
