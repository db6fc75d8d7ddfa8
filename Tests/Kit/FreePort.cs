using System.Net;
using System.Net.Sockets;

namespace Camdiv.Tests.Kit;

/// <summary>Ports for programs that cannot be told to choose one themselves.</summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int Count = 20_000;

    private static int _last = Random.Shared.Next(Count);

    /// <summary>
    /// A TCP port that was free on the loopback a moment ago: below those the system gives to outgoing connections, which
    /// would take it before the program does, and not given out here lately.
    /// </summary>
    public static int Tcp()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it; the next one.
            }
        }
    }

    /// <summary>A port that was free for UDP and TCP a moment ago.</summary>
    public static int UdpAndTcp()
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var endPoint = (IPEndPoint)socket.LocalEndPoint!;
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                tcp.Bind(endPoint);
                return endPoint.Port;
            }
            catch (SocketException)
            {
                // Another program holds the number for TCP; draw again.
            }
        }
    }
}
