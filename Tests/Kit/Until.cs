namespace Camdiv.Tests.Kit;

/// <summary>Awaits facts that no event announces.</summary>
public static class Until
{
    /// <summary>Awaits that a condition holds, looking again every few milliseconds.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(10));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        try
        {
            while (!await condition().ConfigureAwait(false))
            {
                await look.WaitForNextTickAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Not in time: {what}.");
        }
    }

    /// <summary>Awaits that a condition holds.</summary>
    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? timeout = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, timeout);
}
