namespace Camdiv.Gateway.Connections.Metering;

/// <summary>Hears that a client sent more than it may.</summary>
internal interface IInputWatch
{
    /// <summary>Called once, by whoever reads, before anything beyond the budget is handled.</summary>
    /// <param name="what"><c>frames</c> or <c>bytes</c>.</param>
    void OnExceeded(string what);
}
