using System.Diagnostics;
using System.Net;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>
/// Somebody who wants to talk: acknowledges, says something as a page does, expects an answer, and presses next when the
/// peer acknowledged and none comes. Ghosts never answer, so who is answered has met an honest person.
/// </summary>
public sealed class HonestPerson : IAsyncDisposable
{
    // One of 3 s to acknowledge is the server's to end; who looks at nothing for longer than this goes on.
    private static readonly TimeSpan MutePatience = TimeSpan.FromSeconds(1.5);

    private readonly WireClient _client;
    private readonly TimeSpan _patience;
    private readonly string _chat;

    private HonestPerson(WireClient client, TimeSpan patience, string chat) => (_client, _patience, _chat) = (client, patience, chat);

    /// <summary>How many strangers it was told of.</summary>
    public int Matches => _client.All.Count(message => message.Type == "matched");

    /// <summary>What happened, for a message.</summary>
    public override string ToString() =>
        $"{_client.Name}: {string.Join(", ", _client.All.Select(frame => $"{frame.At.TotalSeconds:f1} s {frame.Type ?? "frame"}{(frame.Reason is { } why ? $" {why}" : "")}"))}";

    /// <summary>Connects from an address.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="name">Its name.</param>
    /// <param name="from">Its address.</param>
    /// <param name="among">The ghosts it is among; people leave mute ones, and silent ones to the server.</param>
    /// <param name="chat">The chat type.</param>
    public static async Task<HonestPerson> ComeAsync(
        Uri gateway, string name, IPAddress from, GhostKind among, string chat = "video") =>
        new(
            await WireClient.JoinAsync(gateway, new() { Name = name, From = from }).ConfigureAwait(false),
            among == GhostKind.Mute ? MutePatience : TimeSpan.FromSeconds(30),
            chat);

    /// <summary>Searches until an honest person answers.</summary>
    /// <returns>How long that took.</returns>
    /// <exception cref="TimeoutException">It did not come to that.</exception>
    public async Task<TimeSpan> MeetAsync(TimeSpan timeout)
    {
        var began = Stopwatch.GetTimestamp();
        await _client.StartAsync(_chat).ConfigureAwait(false);
        while (timeout - Stopwatch.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
        {
            Received told;
            try
            {
                told = await _client.NextAsync(_ => true, "anything", Min(left, InRoom ? _patience : left)).ConfigureAwait(false);
            }
            catch (TimeoutException) when (InRoom)
            {
                await _client.StartAsync(_chat).ConfigureAwait(false);
                _room = null;
                continue;
            }
            catch (TimeoutException)
            {
                break;
            }
            switch (told)
            {
                case { Type: "matched" }:
                    _room = told.Room;
                    await _client.RelayAsync("hello", told.Room).ConfigureAwait(false);
                    break;
                case { Type: "peer-left" }:
                    _room = null;
                    if (told.Reason != "unresponsive")
                    {
                        await _client.StartAsync(_chat).ConfigureAwait(false);
                    }
                    break;
                case { Payload: not null } when told.Room == _room:
                    return Stopwatch.GetElapsedTime(began);
            }
        }
        throw new TimeoutException($"No honest person answered within {timeout.TotalSeconds} s. {this}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private string? _room;

    private bool InRoom => _room is not null;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
