using System.Net;
using System.Net.Sockets;
using System.Text;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Gateway.Faults;

/// <summary>More connections than the process may open files: those there is room for are served, and nothing ends.</summary>
public sealed class OpenFilesTests
{
    private const int OpenFiles = 1_500;
    private const int Served = 900;
    private const int Clients = 2_500;

    // Handshakes that were looked at side by side may find the last place all at once.
    private const int Abreast = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_gateway_out_of_files_turns_clients_away_and_lives()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit on open files is read on Linux only.");
        using var data = new TemporaryFolder();
        var port = FreePort.Tcp();
        var settings = SystemSettings.Default
            .With(Keys.PerAddress, 100_000)
            .With(Keys.Hello, 60_000);
        await using var gateway = ProcessUnderTest.Start(
            "sh",
            ["-c", $"ulimit -n {OpenFiles} && exec dotnet \"$@\"", "sh", Repository.Output("Gateway", "Camdiv.Gateway"),
                $"--urls=http://127.0.0.1:{port}", $"--Storage:DataFolder={data.Path}", .. settings.Arguments],
            Path.Combine(Repository.Root, "Gateway"));
        await gateway.ListeningAsync();
        Assert.Contains($"At most {Served} connections", gateway.Output, StringComparison.Ordinal);

        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => AskAsync(port)));
        try
        {
            Assert.False(gateway.HasExited, gateway.Output);
            var answers = clients.CountBy(client => client.Answer).ToDictionary();
            var told = string.Join(", ", answers.Select(answer => $"{answer.Value} times '{answer.Key}'")) + "; " + gateway.Output;
            Assert.True(answers.GetValueOrDefault("101") is > 0 and <= Served + Abreast, told);
            Assert.True(answers.Keys.All(answer => answer is "101" or "503" or ""), told);
        }
        finally
        {
            foreach (var (socket, _) in clients)
            {
                socket.Dispose();
            }
        }

        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Until.TrueAsync(() => IsServedAsync(port), "a client served after the others went", Patience);
        Assert.Equal("live", await http.GetStringAsync("healthz/live"));
    }

    private static async Task<bool> IsServedAsync(int port)
    {
        var (socket, answer) = await AskAsync(port);
        socket.Dispose();
        return answer == "101";
    }

    // The status of the answer to a handshake; empty when the connection was closed instead.
    private static async Task<(Socket Socket, string Answer)> AskAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), timeout.Token);
            var request = $"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: camdiv.v1\r\n\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), timeout.Token);
            var answer = new byte[64];
            var count = await socket.ReceiveAsync(answer, timeout.Token);
            return (socket, count < 12 ? "" : Encoding.ASCII.GetString(answer, 9, 3));
        }
        catch (SocketException)
        {
            return (socket, "");
        }
        catch (OperationCanceledException)
        {
            return (socket, "none in time");
        }
    }
}
