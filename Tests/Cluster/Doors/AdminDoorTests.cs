using System.IO.Pipelines;
using System.Net;
using Camdiv.Grains;
using Camdiv.Silo;
using Camdiv.Silo.Commands;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Security;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Camdiv.Tests.Cluster.Doors;

/// <summary>Who may give commands at a client port without TLS, and what a node notes of it.</summary>
[Collection(Alone.Name)]
public sealed class AdminDoorTests
{
    private static readonly string Key = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    [Fact]
    public async Task A_node_with_an_admin_key_takes_commands_from_who_has_it()
    {
        await using var silo = await SiloAlone.StartAsync(SystemSettings.Default.With("Silo:AdminKey", Key));
        var here = SystemSettings.Default.With("Silo:GatewayPort", silo.ClientPort);
        foreach (var settings in new[] { here, here.With("Silo:AdminKey", Convert.ToBase64String(new byte[32])) })
        {
            var refused = await AdminCli.RunAsync(settings, "silos");
            Assert.Equal((CommandLine.ExitRefused, ""), (refused.Code, refused.Output));
            Assert.Contains("asks for its admin key (Silo:AdminKey)", refused.Error, StringComparison.Ordinal);
        }
        var taken = await AdminCli.RunAsync(here.With("Silo:AdminKey", Key), "silos");
        Assert.True(taken.Code == 0, taken.Error);
        Assert.Contains("Refused 127.0.0.1:", silo.Output, StringComparison.Ordinal);
        Assert.Matches($@"Admin: report, by {Environment.UserName}@\S+ from 127\.0\.0\.1:\d+\.", silo.Output);
    }

    [Fact]
    public async Task A_call_that_bears_no_ticket_is_refused_by_the_grain()
    {
        await using var system = await TestingHostSystem.StartAsync(1, SystemSettings.Default);
        var admin = system.Cluster.Client.GetGrain<IClusterAdminGrain>(0);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => admin.GetReportAsync());
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => admin.DrainGatewayAsync("gateway-1"));
        Assert.Contains("Admin: drain gateway-1 refused", system.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", null, AdminGreeting.Welcome)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", null, AdminGreeting.Welcome)]
    [InlineData("10.0.0.5", "10.0.0.5", null, AdminGreeting.Welcome)]
    [InlineData("10.0.0.9", "10.0.0.5", null, AdminGreeting.AddressRefused)]
    [InlineData("10.0.0.9", "10.0.0.5", "right", AdminGreeting.Welcome)]
    [InlineData("10.0.0.9", "10.0.0.5", "wrong", AdminGreeting.KeyRefused)]
    [InlineData("127.0.0.1", "127.0.0.1", "wrong", AdminGreeting.KeyRefused)]
    public async Task Without_TLS_the_address_or_the_key_decides(string from, string to, string? proved, byte verdict)
    {
        var door = new Door(proved is null ? "" : Key);
        await using var caller = door.Open(from, to);
        var challenge = await caller.ChallengeAsync();
        await caller.SayAsync(AdminGreeting.Answer(
            challenge, new byte[32], "anna@desk", proved == "right" ? Convert.FromBase64String(Key) : [1, 2, 3]));
        Assert.Equal(verdict, (await caller.HearAsync(1))![0]);
        Assert.Equal(verdict == AdminGreeting.Welcome, await caller.IsServedAsync());
        Assert.Equal(verdict == AdminGreeting.Welcome, door.Sessions.Find(Convert.ToBase64String(new byte[32])) is { Name: "anna@desk" });
        await caller.LeaveAsync();
        Assert.Null(door.Sessions.Find(Convert.ToBase64String(new byte[32])));
    }

    [Fact]
    public async Task An_answer_that_was_overheard_is_of_no_use()
    {
        var door = new Door(Key);
        await using var honest = door.Open("127.0.0.1", "127.0.0.1");
        var answer = AdminGreeting.Answer(await honest.ChallengeAsync(), new byte[32], "anna", Convert.FromBase64String(Key));
        await honest.SayAsync(answer);
        Assert.Equal(AdminGreeting.Welcome, (await honest.HearAsync(1))![0]);

        await using var again = door.Open("127.0.0.1", "127.0.0.1");
        _ = await again.ChallengeAsync();
        await again.SayAsync(answer);
        Assert.Equal(AdminGreeting.KeyRefused, (await again.HearAsync(1))![0]);
        Assert.False(await again.IsServedAsync());
        await honest.LeaveAsync();
    }

    [Fact]
    public async Task A_name_cannot_write_lines_of_its_own_and_one_too_long_is_no_answer()
    {
        var door = new Door("");
        await using var forger = door.Open("127.0.0.1", "127.0.0.1");
        await forger.SayAsync(AdminGreeting.Answer(await forger.ChallengeAsync(), new byte[32], "eve\r\nAdmin: drain", []));
        Assert.Equal(AdminGreeting.Welcome, (await forger.HearAsync(1))![0]);
        Assert.True(await forger.IsServedAsync());
        Assert.Equal("eve??Admin: drain", door.Sessions.Find(Convert.ToBase64String(new byte[32]))!.Name);
        await forger.LeaveAsync();

        await using var endless = door.Open("127.0.0.1", "127.0.0.1");
        _ = await endless.ChallengeAsync();
        await endless.SayAsync([0xFF, 0xFF, .. new byte[400]]);
        Assert.False(await endless.IsServedAsync());
    }

    /// <summary>The client port's steps, without a silo behind them.</summary>
    private sealed class Door
    {
        private readonly AdminDoor _door;

        public Door(string key)
        {
            var services = new ServiceCollection().AddMetrics().AddSingleton<SiloInstruments>().BuildServiceProvider();
            var node = new NodeOptions { AdminKey = key };
            var guard = new PortGuard(
                node, services.GetRequiredService<SiloInstruments>(), TimeProvider.System, new LoggerFactory().CreateLogger<PortGuard>());
            _door = new AdminDoor(node, Sessions, guard, TimeProvider.System);
        }

        public AdminSessions Sessions { get; } = new();

        public Caller Open(string from, string to) => new(_door, from, to);
    }

    private sealed class Caller : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

        private readonly Pipe _toNode = new();
        private readonly Pipe _toCaller = new();
        private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task _running;

        public Caller(AdminDoor door, string from, string to)
        {
            var context = new DefaultConnectionContext
            {
                RemoteEndPoint = new IPEndPoint(IPAddress.Parse(from), 40_000),
                LocalEndPoint = new IPEndPoint(IPAddress.Parse(to), 30_000),
                Transport = new Ends(_toNode.Reader, _toCaller.Writer),
            };
            _running = door.OnConnectionAsync(context, _ =>
            {
                _served.SetResult();
                return _left.Task;
            });
        }

        public async Task<byte[]> ChallengeAsync()
        {
            var challenge = await HearAsync(AdminGreeting.ChallengeBytes);
            Assert.True(AdminGreeting.IsChallenge(challenge));
            return challenge!;
        }

        public Task<byte[]?> HearAsync(int count) =>
            AdminGreeting.ReadAsync(_toCaller.Reader, count, CancellationToken.None).WaitAsync(Patience);

        public async Task SayAsync(byte[] bytes) => await _toNode.Writer.WriteAsync(bytes);

        public async Task<bool> IsServedAsync() => await Task.WhenAny(_served.Task, _running).WaitAsync(Patience) == _served.Task;

        public async Task LeaveAsync()
        {
            _left.TrySetResult();
            await _running.WaitAsync(Patience);
        }

        public ValueTask DisposeAsync()
        {
            _left.TrySetResult();
            return ValueTask.CompletedTask;
        }

        private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
