using System.Collections.Concurrent;

namespace Camdiv.Gateway.Connections;

/// <summary>The open connections of this gateway, and the way to end them all. Thread-safe.</summary>
internal sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<ClientConnection, byte> _connections = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<int>? _retryMs;
    private int _count;

    /// <summary>Connections being served.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a connection; during a drain it is told to go at once.</summary>
    public void Add(ClientConnection connection)
    {
        Interlocked.Increment(ref _count);
        _connections.TryAdd(connection, 0);
        // Read after the add: either the drain finds the connection or this finds the drain.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _retryMs) is { } retryMs)
        {
            connection.Drain(retryMs());
        }
    }

    /// <summary>Removes a connection that has ended.</summary>
    public void Remove(ClientConnection connection)
    {
        _connections.TryRemove(connection, out _);
        if (Interlocked.Decrement(ref _count) == 0 && Volatile.Read(ref _retryMs) is not null)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>Lets every connection look at the clock.</summary>
    public void Tick()
    {
        foreach (var (connection, _) in _connections)
        {
            connection.Tick();
        }
    }

    /// <summary>
    /// Tells every client to reconnect elsewhere and closes its connection; cuts those that do not close in time.
    /// </summary>
    /// <param name="retryMs">Draws a client's waiting time, in ms.</param>
    /// <param name="timeout">How long clients may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Cuts the wait short.</param>
    /// <returns>How many connections were told, and how many of them had to be cut.</returns>
    public async Task<(int Told, int Cut)> DrainAsync(
        Func<int> retryMs, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        Volatile.Write(ref _retryMs, retryMs);
        Interlocked.MemoryBarrier();
        var told = 0;
        foreach (var (connection, _) in _connections)
        {
            connection.Drain(retryMs());
            told++;
        }
        if (Count == 0)
        {
            _empty.TrySetResult();
        }
        try
        {
            await _empty.Task.WaitAsync(timeout, time, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            var cut = 0;
            foreach (var (connection, _) in _connections)
            {
                connection.Abort();
                cut++;
            }
            return (told, cut);
        }
        return (told, 0);
    }
}
