using Orleans.Storage;

namespace Camdiv.Grains;

/// <summary>
/// A grain's copy in storage that the grain can do without: unlike persistent state injected by the runtime, a store that
/// is away fails no activation and no call. Reads and writes are bounded in time.
/// </summary>
internal sealed class BestEffortState<T>(
    IGrainStorage? storage, string name, GrainId grain, TimeProvider time)
    where T : class, new()
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly GrainState<T> _state = new(new T());

    /// <summary>What was read or is to be written.</summary>
    public T Value
    {
        get => _state.State ??= new T();
        set => _state.State = value;
    }

    /// <summary>Reads; <see cref="Value"/> is the stored one or a new one.</summary>
    /// <returns>False when the store did not answer in time or failed.</returns>
    public async Task<bool> TryReadAsync()
    {
        if (storage is null)
        {
            return true;
        }
        try
        {
            await storage.ReadStateAsync(name, grain, _state).WaitAsync(Patience, time);
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>Writes <see cref="Value"/>, over whatever another activation may have written meanwhile.</summary>
    /// <returns>False when the store did not answer in time or failed.</returns>
    public async Task<bool> TryWriteAsync()
    {
        if (storage is null)
        {
            return true;
        }
        try
        {
            await storage.WriteStateAsync(name, grain, _state).WaitAsync(Patience, time);
            return true;
        }
        catch (InconsistentStateException)
        {
            // The copy is a snapshot of what this activation holds now, so the newest tag and another try are all it needs.
            var value = _state.State;
            var read = await TryReadAsync();
            _state.State = value;
            return read && await TryWriteOnceAsync();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return false;
        }
    }

    private async Task<bool> TryWriteOnceAsync()
    {
        try
        {
            await storage!.WriteStateAsync(name, grain, _state).WaitAsync(Patience, time);
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return false;
        }
    }
}

/// <summary>The storage provider the grains use when one is configured under <see cref="Name"/>.</summary>
public static class CamdivStorage
{
    /// <summary>Name of the storage provider: Redis in a cluster, memory on a single node.</summary>
    public const string Name = "camdiv";
}
