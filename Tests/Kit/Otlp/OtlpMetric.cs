namespace Camdiv.Tests.Kit.Otlp;

/// <summary>What a metric is.</summary>
public enum OtlpKind
{
    /// <summary>A present value.</summary>
    Gauge,

    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A sum that goes both ways.</summary>
    UpDown,

    /// <summary>A distribution.</summary>
    Histogram,
}

/// <summary>One series of a metric at one time.</summary>
/// <param name="Tags">Its tags.</param>
/// <param name="Value">Its value; a histogram's sum.</param>
/// <param name="Count">A histogram's count.</param>
/// <param name="Bounds">A histogram's upper bounds.</param>
/// <param name="Buckets">A histogram's counts by bucket, one more than bounds.</param>
public sealed record OtlpPoint(
    IReadOnlyDictionary<string, string> Tags, double Value, long Count, IReadOnlyList<double> Bounds, IReadOnlyList<long> Buckets);

/// <summary>One metric of one process, as last received.</summary>
/// <param name="Resource">The process's attributes.</param>
/// <param name="Scope">Name of the meter.</param>
/// <param name="Name">Name of the metric.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Points">Its series.</param>
public sealed record OtlpMetric(
    IReadOnlyDictionary<string, string> Resource, string Scope, string Name, string Unit, OtlpKind Kind, IReadOnlyList<OtlpPoint> Points);

/// <summary>One span.</summary>
/// <param name="Resource">The process's attributes.</param>
/// <param name="Scope">Name of the source.</param>
/// <param name="Name">Its name.</param>
/// <param name="Trace">The trace's id, in hexadecimal.</param>
/// <param name="Id">Its own id.</param>
/// <param name="Parent">Its parent's id; empty for a root.</param>
/// <param name="Tags">Its attributes.</param>
public sealed record OtlpSpan(
    IReadOnlyDictionary<string, string> Resource,
    string Scope,
    string Name,
    string Trace,
    string Id,
    string Parent,
    IReadOnlyDictionary<string, string> Tags);

/// <summary>One line of a log.</summary>
/// <param name="Resource">The process's attributes.</param>
/// <param name="Category">The logger's name.</param>
/// <param name="Body">The message.</param>
public sealed record OtlpLog(IReadOnlyDictionary<string, string> Resource, string Category, string Body);
