using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
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
        await using var gateway = await LimitedGateway.StartAsync(
            OpenFiles,
            SystemSettings.Default.With(Keys.PerAddress, 100_000).With(Keys.PendingPerAddress, 100_000).With(Keys.Hello, 60_000));
        Assert.Contains($"At most {Served} connections", gateway.Process.Output, StringComparison.Ordinal);

        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => RawSocket.AskAsync(gateway.Address)));
        try
        {
            Assert.False(gateway.Process.HasExited, gateway.Process.Output);
            var answers = clients.CountBy(client => client.Answer).ToDictionary();
            var told = string.Join(", ", answers.Select(answer => $"{answer.Value} times '{answer.Key}'")) + "; " + gateway.Process.Output;
            Assert.True(answers.GetValueOrDefault("101") is > 0 and <= Served + Abreast, told);
            Assert.True(answers.Keys.All(answer => answer is "101" or "503" or ""), told);
        }
        finally
        {
            foreach (var (socket, _) in clients)
            {
                await (socket?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
        }

        using var http = new HttpClient { BaseAddress = gateway.Address };
        await Until.TrueAsync(() => IsServedAsync(gateway.Address), "a client served after the others went", Patience);
        Assert.Equal("live", await http.GetStringAsync("healthz/live"));
    }

    private static async Task<bool> IsServedAsync(Uri gateway)
    {
        var (socket, answer) = await RawSocket.AskAsync(gateway);
        await (socket?.DisposeAsync() ?? ValueTask.CompletedTask);
        return answer == "101";
    }
}
