using System.Net.WebSockets;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>
/// Someone who stays connected whatever happens: a connection that ends is made again at another gateway, with the same
/// session and room, as the project's own client does it.
/// </summary>
internal sealed class Person(string name, IReadOnlyList<Uri> gateways, Random random, WireNames names)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private int _gateway = random.Next(gateways.Count);
    private string _session = "";
    private string _room = "";

    /// <summary>Everything it did and was told.</summary>
    public ClientLog Log { get; } = new(name, names);

    /// <summary>The gateway it is, or was last, connected to.</summary>
    public Uri Gateway => gateways[_gateway % gateways.Count];

    /// <summary>Its user id.</summary>
    public string User { get; private set; } = "";

    /// <summary>Its dice.</summary>
    public Random Random => random;

    /// <summary>Times it had to connect again.</summary>
    public int Returns { get; private set; }

    /// <summary>Connections that ended without this side's doing, by close code; 0: without a close frame.</summary>
    public Dictionary<int, int> Endings { get; } = [];

    /// <summary>Times a returning session was not the same any more.</summary>
    public int Forgotten { get; private set; }

    /// <summary>Connects, trying until it works.</summary>
    /// <returns>The connection, and the <c>welcome</c> it began with.</returns>
    public async Task<(WireClient Client, Received Welcome)> ConnectAsync(CancellationToken ending)
    {
        var returning = _session.Length > 0;
        if (returning)
        {
            Returns++;
            _gateway++;
        }
        while (true)
        {
            ending.ThrowIfCancellationRequested();
            var client = await TryOpenAsync(Gateway);
            if (client is not null)
            {
                if (await TryGreetAsync(client) is { } welcome)
                {
                    Forgotten += returning && client.User != User ? 1 : 0;
                    (User, _session, _room) = (client.User, client.Session, welcome.State == "in-room" ? client.Room : "");
                    return (client, welcome);
                }
                await client.DropAsync();
            }
            _gateway++;
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 300)), TimeProvider.System, ending);
        }
    }

    /// <summary>Remembers the room to come back to.</summary>
    public void InRoom(string room) => _room = room;

    /// <summary>Notes that a connection ended by itself.</summary>
    public async Task LostAsync(WireClient client)
    {
        try
        {
            var code = (await client.ClosedAsync(Patience)).Code ?? 0;
            Endings[code] = Endings.GetValueOrDefault(code) + 1;
        }
        catch (TimeoutException)
        {
            // Sending fails already and receiving does not notice: nobody waits for that to end by itself.
            await client.DropAsync();
        }
    }

    /// <summary>Whether an exception means that the connection is gone.</summary>
    public static bool IsLoss(Exception exception) =>
        exception is InvalidOperationException or WebSocketException or ObjectDisposedException;

    private async Task<WireClient?> TryOpenAsync(Uri gateway)
    {
        try
        {
            return await WireClient.OpenAsync(gateway, new WireClientOptions { Log = Log, Patience = Patience });
        }
        catch (HandshakeRefusedException)
        {
            return null;
        }
    }

    private async Task<Received?> TryGreetAsync(WireClient client)
    {
        try
        {
            await client.HelloAsync(_session.Length > 0 ? _session : null, _room.Length > 0 ? _room : null);
            return await client.NextAsync(m => m.Type == "welcome", "welcome", Patience);
        }
        catch (Exception exception) when (IsLoss(exception) || exception is TimeoutException or OperationCanceledException)
        {
            return null;
        }
    }
}
