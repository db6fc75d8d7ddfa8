using System.Globalization;
using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>The last things that happened, kept unformatted until somebody has to read them.</summary>
internal sealed class Trace(VirtualWorld world)
{
    private const int Kept = 1 << 17;
    private const int Shown = 70;

    private readonly Line[] _lines = new Line[Kept];
    private long _count;

    /// <summary>Changes with everything noted: equal for two runs exactly when they went alike.</summary>
    public long Fingerprint { get; private set; }

    public void Note(SimUser? who, object? room, string what, object? detail = null)
    {
        _lines[_count++ % Kept] = new Line(world.NowMs, who, room, what, detail);
        Fingerprint = unchecked((Fingerprint * 31) + world.NowMs + (what[0] * 7) + ((who?.Number ?? 0) * 104_729));
    }

    /// <summary>What happened lately to the given users and rooms.</summary>
    public string About(IReadOnlyCollection<object> about)
    {
        var chosen = new List<Line>();
        for (var i = _count - 1; i >= Math.Max(0, _count - Kept) && chosen.Count < Shown; i--)
        {
            var line = _lines[i % Kept];
            if (about.Contains(line.Who!) || (line.Room is not null && about.Contains(line.Room)))
            {
                chosen.Add(line);
            }
        }
        chosen.Reverse();
        var text = new StringBuilder();
        foreach (var line in chosen)
        {
            var time = (line.Ms / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"  {time,9} {line.Who?.Name,-6} {line.Room,-7} {line.What} {Brief(line.Detail)}");
            text.AppendLine();
        }
        return text.ToString();
    }

    private static object? Brief(object? detail) => detail switch
    {
        Welcome { Match: { } match } => $"Welcome in room, {Brief(match)}",
        Welcome welcome => $"Welcome {welcome.State} {welcome.Chat}",
        Matched match => $"Matched with {match.Peer} for {match.Chat}",
        Searching searching => $"Searching {searching.Chat}{(searching.Requeued ? ", requeued" : "")}",
        MemberUpdate update =>
            $"to {update.To}:{(update.Acked ? " acked" : "")}{(update.Away ? " away" : "")} {update.Left}",
        _ => detail,
    };

    private readonly record struct Line(long Ms, SimUser? Who, object? Room, string What, object? Detail);
}
