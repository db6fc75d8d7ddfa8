using System.Net;
using System.Net.Sockets;

namespace Camdiv.Tests.Kit;

/// <summary>Ports for programs that cannot be told to choose one themselves.</summary>
public static class FreePort
{
    /// <summary>A TCP port of the loopback that was free a moment ago.</summary>
    public static int Tcp()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
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
