using System.Diagnostics;

namespace Camdiv.Matchmaking;

/// <summary>
/// A match's way as a trace: one span for the attempt, one for each step in it. Where grain calls carry the trace on, each
/// gateway's answer is a span below its step. Costs nothing unless somebody listens and samples.
/// </summary>
public static class PairingTrace
{
    /// <summary>The activity source's name.</summary>
    public const string SourceName = "Camdiv.Pairing";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? Begin(IReadOnlyList<Pair> pairs, Offer[] seats)
    {
        if (!Source.HasListeners())
        {
            return null;
        }
        // A trace of its own: what is current here is the request of whichever socket happened to arrive last, which lives
        // for hours and is not sampled. The caller's flow gets its own back when the handshake's ends.
        Activity.Current = null;
        var activity = Source.StartActivity("camdiv.match");
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("camdiv.chat", pairs[0].First.Request.Chat.ToString().ToLowerInvariant());
            activity.SetTag("camdiv.pairs", pairs.Count);
            activity.SetTag("camdiv.hosts", seats.Select(static seat => seat.PeerHost).Distinct().Count());
        }
        return activity;
    }

    internal static Activity? Step(string name) => Source.StartActivity(name);

    internal static void End(Activity? activity, int pairs, int matched)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("camdiv.matched", matched);
            if (matched < pairs)
            {
                // Not an error: a ghost was avoided. The event lets such traces be searched for.
                activity.AddEvent(new ActivityEvent("camdiv.ghost_avoided"));
            }
        }
    }
}
