namespace Camdiv.Tests.Attacks;

/// <summary>A row of the table that <c>./test</c> prints: what an attack did before there were bounds, and what it does now.</summary>
/// <param name="Attack">What the attacker does.</param>
/// <param name="Before">What came of it in the audit of 2026-11-25.</param>
public sealed record Outcome(string Attack, string Before)
{
    /// <summary>Writes the row.</summary>
    public void Write(ITestOutputHelper output, Layout layout, string now) =>
        output.WriteLine($"[figures] | {Attack} | {(layout == Layout.OneProcess ? "one process" : "2+2")} | {Before} | {now} |");
}
