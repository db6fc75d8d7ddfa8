using System.Collections.Concurrent;
using System.Net;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>
/// Clients of one address that have blocked each other and then search for ever: nobody can be matched with them but the
/// honest, whom they do not answer. Costs a client some frames every few seconds.
/// </summary>
public sealed class GhostCrowd : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly List<WireClient> _ghosts = [];
    private readonly GhostKind _kind;
    private readonly string _chat;
    private readonly ConcurrentDictionary<string, bool> _rooms = new();
    private readonly CancellationTokenSource _over = new();
    private Task _haunting = Task.CompletedTask;

    private GhostCrowd(GhostKind kind, string chat) => (_kind, _chat) = (kind, chat);

    /// <summary>Rooms that ghosts have been told of since they haunt; both members of one that they share count once.</summary>
    public int Rooms => _rooms.Count;

    /// <summary>Brings them together, lets each pair meet once and block each other, and sends all of them searching.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="count">How many; at most as many as one address may connect, and as a user may block.</param>
    /// <param name="kind">What they do to others.</param>
    /// <param name="from">Their address.</param>
    /// <param name="chat">The chat type they haunt.</param>
    public static async Task<GhostCrowd> GatherAsync(
        Uri gateway, int count, GhostKind kind, IPAddress from, string chat = "video")
    {
        var crowd = new GhostCrowd(kind, chat);
        try
        {
            var names = new WireNames();
            for (var i = 0; i < count; i++)
            {
                crowd._ghosts.Add(await WireClient.JoinAsync(
                    gateway, new() { Name = $"ghost {i}", From = from, AutoAck = false, Names = names, Patience = Patience }).ConfigureAwait(false));
            }
            await crowd.BlockEachOtherAsync().ConfigureAwait(false);
            foreach (var ghost in crowd._ghosts)
            {
                await ghost.StartAsync(chat).ConfigureAwait(false);
                await ghost.NextAsync(message => message.Type == "searching", "searching").ConfigureAwait(false);
            }
            crowd._haunting = Task.WhenAll(crowd._ghosts.Select(crowd.HauntAsync));
            return crowd;
        }
        catch
        {
            await crowd.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        foreach (var ghost in _ghosts)
        {
            await ghost.DropAsync().ConfigureAwait(false);
            await ghost.DisposeAsync().ConfigureAwait(false);
        }
        await _haunting.ConfigureAwait(false);
        _over.Dispose();
    }

    // In the rounds of a tournament, so that each pair meets once; the pairs of a round side by side, each by an interest of its own.
    private async Task BlockEachOtherAsync()
    {
        var even = _ghosts.Count + (_ghosts.Count % 2);
        for (var round = 0; round < even - 1; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, even / 2)
                .Select(i => i == 0 ? (round, even - 1) : ((round + i) % (even - 1), (round - i + even - 1) % (even - 1)))
                .Where(pair => Math.Max(pair.Item1, pair.Item2) < _ghosts.Count)
                .Select(pair => BlockAsync(_ghosts[pair.Item1], _ghosts[pair.Item2], $"{round} {pair.Item1}"))).ConfigureAwait(false);
        }
    }

    private async Task BlockAsync(WireClient one, WireClient other, string interest)
    {
        await one.StartAsync(_chat, [interest]).ConfigureAwait(false);
        await one.NextAsync(message => message.Type == "searching", "searching").ConfigureAwait(false);
        await other.StartAsync(_chat, [interest]).ConfigureAwait(false);
        await one.NextAsync(message => message.Type == "matched", "the match with another ghost").ConfigureAwait(false);
        await one.BlockAsync().ConfigureAwait(false);
        await one.NextAsync(message => message.Type == "peer-left", "peer-left").ConfigureAwait(false);
        await other.NextAsync(message => message.Type == "peer-left", "peer-left").ConfigureAwait(false);
    }

    private async Task HauntAsync(WireClient ghost)
    {
        try
        {
            while (!_over.IsCancellationRequested)
            {
                var told = await ghost.NextAsync(
                    message => message.Type is "matched" or "peer-left", "somebody to haunt", TimeSpan.FromHours(1)).ConfigureAwait(false);
                if (told.Type == "peer-left")
                {
                    await ghost.StartAsync(_chat).ConfigureAwait(false);
                    continue;
                }
                _rooms[told.Room!] = true;
                if (_kind == GhostKind.Mute)
                {
                    await ghost.AckAsync(told.Room).ConfigureAwait(false);
                }
            }
        }
        catch (Exception ended) when (!ghost.IsOpen || _over.IsCancellationRequested)
        {
            _ = ended;
        }
    }
}
