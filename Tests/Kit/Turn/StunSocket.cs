using System.Net;
using System.Net.Sockets;

namespace Camdiv.Tests.Kit.Turn;

/// <summary>A UDP socket that asks a server and keeps what else it says.</summary>
internal sealed class StunSocket : IDisposable
{
    // UDP may lose either way even on loopback under load, so a request is repeated as RFC 8489 does.
    private const int Attempts = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly UdpClient _udp;
    private readonly Queue<StunMessage> _indications = new();

    public StunSocket(IPEndPoint server, IPAddress? from)
    {
        _udp = new UdpClient(new IPEndPoint(from ?? (server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback), 0));
        _udp.Connect(server);
    }

    public async Task<StunMessage> AskAsync(StunMessage request, byte[]? key)
    {
        var bytes = request.Encode(key);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            await _udp.SendAsync(bytes);
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                while (true)
                {
                    var message = await ReceiveAsync(limit.Token);
                    if (message.Transaction.SequenceEqual(request.Transaction))
                    {
                        return message;
                    }
                    _indications.Enqueue(message);
                }
            }
            catch (OperationCanceledException)
            {
                // Ask again.
            }
        }
        throw new TimeoutException($"The TURN server did not answer {Attempts} requests.");
    }

    public async Task TellAsync(StunMessage indication) => await _udp.SendAsync(indication.Encode());

    /// <summary>The next indication; null when there is none within the time.</summary>
    public async Task<StunMessage?> HearAsync(TimeSpan limit)
    {
        if (_indications.TryDequeue(out var kept))
        {
            return kept;
        }
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            return await ReceiveAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _udp.Dispose();

    private async Task<StunMessage> ReceiveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (StunMessage.Parse((await _udp.ReceiveAsync(cancellation)).Buffer) is { } message)
            {
                return message;
            }
        }
    }
}
