using System.Collections.Immutable;
using Camdiv.Matchmaking;
using Microsoft.Extensions.Logging;

namespace Camdiv.Grains;

/// <summary>
/// Copies changed sessions to the directory partitions in the background, every few tens of milliseconds, and all of a
/// partition's when it has lost its memory.
/// </summary>
internal sealed partial class DirectoryFeeder(
    SessionHost host,
    IGrainFactory grains,
    Matchmakers matchmakers,
    ClusterOptions options,
    ClusterInstruments instruments,
    TimeProvider time,
    ILogger logger)
{
    private readonly Partition[] _partitions =
        [.. Enumerable.Range(0, options.DirectoryPartitions).Select(i => new Partition(grains.DirectoryPartition(i)))];

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    // A partition that moves to another silo fails a call or two; that is no news.
    private static readonly TimeSpan WorthAWord = TimeSpan.FromSeconds(2);

    private readonly List<SessionChange> _changes = [];
    private long? _failingSince;
    private bool _told;

    /// <summary>The partition of a user; the same on every node.</summary>
    public IUserDirectoryGrain PartitionOf(UserId user) => _partitions[IndexOf(user)].Grain;

    /// <summary>Copies until <paramref name="stopping"/>, then once more.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        host.TrackChanges();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.CopyMs), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
            {
                await FlushAsync().ConfigureAwait(false);
                if (_failingSince is not null)
                {
                    await Task.Delay(RetryDelay, time, stopping).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Names the next holder of sessions that are handed over; the directory sends whoever looks for them there.</summary>
    public async Task HandOverAsync(IReadOnlyList<UserId> users, IReadOnlyList<ExtractReply> sessions, HostId to)
    {
        if (!matchmakers.AreThere)
        {
            return;
        }
        for (var i = 0; i < users.Count; i++)
        {
            _partitions[IndexOf(users[i])].Pending[users[i]] = new Change(
                new DirectoryEntry { User = users[i], Held = false, Snapshot = sessions[i].Snapshot, To = to }, 0);
        }
        await Task.WhenAll(_partitions.Where(partition => partition.Pending.Count > 0).Select(SendAsync)).ConfigureAwait(false);
    }

    /// <summary>Makes every partition whole at the next copy: membership has changed and some may be new.</summary>
    public void RenewAll()
    {
        foreach (var partition in _partitions)
        {
            partition.RenewDue = true;
        }
    }

    private async Task FlushAsync()
    {
        if (!matchmakers.AreThere)
        {
            Rest();
            return;
        }
        Collect();
        var began = time.GetTimestamp();
        var calls = new List<Task<string?>>();
        foreach (var partition in _partitions)
        {
            var due = partition.RenewDue
                || time.GetElapsedTime(partition.SentAt) >= TimeSpan.FromMilliseconds(options.RenewMs);
            if (partition.Pending.Count > 0 || partition.Whole || due)
            {
                calls.Add(SendAsync(partition));
            }
        }
        Note(await Task.WhenAll(calls).ConfigureAwait(false), began);
    }

    /// <summary>There is no directory; the one that comes gets everything.</summary>
    private void Rest()
    {
        foreach (var partition in _partitions)
        {
            partition.Whole = true;
        }
        (_failingSince, _told) = (null, false);
    }

    private void Note(string?[] problems, long began)
    {
        if (Array.Find(problems, static problem => problem is not null) is not { } problem)
        {
            (_failingSince, _told) = (null, false);
            return;
        }
        _failingSince ??= began;
        if (!_told && time.GetElapsedTime(_failingSince.Value) >= WorthAWord && matchmakers.AreThere)
        {
            _told = true;
            LogUnreachable(problem);
        }
    }

    private void Collect()
    {
        _changes.Clear();
        host.TakeChanges(_changes);
        foreach (var change in _changes)
        {
            _partitions[IndexOf(change.User)].Pending[change.User] = Entry(change, held: host.Holds(change.User));
        }
        if (_partitions.Any(partition => partition.Whole))
        {
            _changes.Clear();
            host.TakeAll(_changes);
            foreach (var partition in _partitions.Where(partition => partition.Whole))
            {
                partition.Pending.Clear();
            }
            foreach (var change in _changes)
            {
                _partitions[IndexOf(change.User)].Pending[change.User] = Entry(change, held: true);
            }
        }
    }

    /// <returns>What went wrong, or null.</returns>
    private async Task<string?> SendAsync(Partition partition)
    {
        var batch = new DirectoryBatch
        {
            Host = host.Self,
            Changes = [.. partition.Pending.Values.Select(change => change.Entry)],
            Whole = partition.Whole,
            Number = ++partition.Number,
        };
        var lives = partition.Pending.ToDictionary(change => change.Key, change => change.Value.Life);
        partition.Pending.Clear();
        partition.RenewDue = false;
        partition.Whole = false;
        partition.SentAt = time.GetTimestamp();
        try
        {
            instruments.Called("record");
            var reply = await partition.Grain.RecordAsync(batch).ConfigureAwait(false);
            partition.Whole |= reply.Resubmit;
            foreach (var user in reply.Lost)
            {
                // The user is at another gateway by now; two sessions of one user must not live.
                host.Drop(user, lives.GetValueOrDefault(user));
            }
            foreach (var user in reply.Claimed)
            {
                host.Touch(user);
            }
            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            instruments.Retried("record");
            partition.Whole = true;
            return failure.GetType().Name;
        }
    }

    private static Change Entry(SessionChange change, bool held) =>
        new(new DirectoryEntry { User = change.User, Held = held, Snapshot = change.Snapshot }, change.Life);

    private int IndexOf(UserId user)
    {
        // FNV-1a, because every node must agree and string.GetHashCode is seeded per process.
        var hash = 2166136261u;
        foreach (var c in user.Value)
        {
            hash = (hash ^ c) * 16777619u;
        }
        return (int)(hash % (uint)_partitions.Length);
    }

    private sealed class Partition(IUserDirectoryGrain grain)
    {
        public readonly IUserDirectoryGrain Grain = grain;
        public readonly Dictionary<UserId, Change> Pending = [];
        public long SentAt;
        public long Number;
        public volatile bool RenewDue = true;
        public bool Whole;
    }

    private readonly record struct Change(DirectoryEntry Entry, long Life);

    [LoggerMessage(3401, LogLevel.Warning, "The user directory is out of reach ({Problem}); it will be sent everything when it is back.")]
    private partial void LogUnreachable(string problem);
}
