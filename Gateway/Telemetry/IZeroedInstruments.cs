namespace Camdiv.Gateway.Telemetry;

/// <summary>
/// Instruments whose counters shall begin at zero. A series that appears with its first event hides that event from
/// <c>increase()</c>, and an alert on something rare would never fire.
/// </summary>
public interface IZeroedInstruments
{
    /// <summary>Adds zero to every counter under each of its known tags; called once, when an exporter listens.</summary>
    void Zero();
}

/// <summary>An area's way of beginning at zero.</summary>
/// <param name="zero">Adds the zeroes.</param>
public sealed class ZeroedInstruments(Action zero) : IZeroedInstruments
{
    /// <inheritdoc/>
    public void Zero() => zero();
}
