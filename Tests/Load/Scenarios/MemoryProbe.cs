using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>
/// What an idle connection costs in memory: a first crowd makes the server load and compile what it needs, a second one is
/// measured by how much resident memory it adds.
/// </summary>
internal static class MemoryProbe
{
    private const int Crowd = 1_000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <returns>Kilobytes for each connection.</returns>
    public static async Task<double?> MeasureAsync(
        LoadLoop loop, ILoadDriver driver, int process, int connections, CancellationToken cancellation)
    {
        var run = new LoadRun(loop, driver, new IdleScenario(), new LoadOptions());
        await ConnectAsync(run, Crowd, cancellation);
        var before = ServerUsage.Read(process);
        await ConnectAsync(run, connections, cancellation);
        var after = ServerUsage.Read(process);
        loop.Post(run.CloseAll);
        await WaitAsync(Settling, cancellation);
        return (after?.ResidentBytes - before?.ResidentBytes) / 1024.0 / connections;
    }

    private static async Task ConnectAsync(LoadRun run, int count, CancellationToken cancellation)
    {
        run.Loop.Post(() => run.ConnectAll(count));
        do
        {
            await WaitAsync(TimeSpan.FromMilliseconds(50), cancellation);
        }
        while (!await run.Loop.AskAsync(() => run.AllConnected));
        await WaitAsync(Settling, cancellation);
    }

    private static Task WaitAsync(TimeSpan time, CancellationToken cancellation) =>
        Task.Delay(time, TimeProvider.System, cancellation);
}
