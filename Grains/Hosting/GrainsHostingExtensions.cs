using Camdiv.Matchmaking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Camdiv.Grains;

/// <summary>Puts the cluster engine into a silo.</summary>
public static class GrainsHostingExtensions
{
    /// <summary>What every silo needs, whatever its role.</summary>
    public static ISiloBuilder AddCamdivGrains(this ISiloBuilder silo)
    {
        silo.Services.AddCamdivMessages();
        silo.Services.AddMetrics();
        silo.Services.TryAddSingleton<ClusterInstruments>();
        silo.Services.TryAddSingleton<LocalGateway>();
        silo.Services.TryAddSingleton<Matchmakers>();
        silo.Services.TryAddSingleton<GatewayServiceClient>();
        silo.Services.TryAddSingleton<GatewayHosts>();
        silo.Services.TryAddSingleton<DirectoryShelf>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ShelfLifecycle>();
        return silo;
    }

    /// <summary>
    /// Keeps queues and directory off a silo without the matchmaker role: it does not offer those grain classes to the
    /// cluster, so placement elsewhere needs no strategy of its own.
    /// </summary>
    public static ISiloBuilder RemoveMatchmakerGrains(this ISiloBuilder silo)
    {
        silo.Services.PostConfigure<GrainTypeOptions>(static types =>
        {
            types.Classes.Remove(typeof(MatchQueueGrain));
            types.Classes.Remove(typeof(UserDirectoryGrain));
        });
        return silo;
    }

    /// <summary>
    /// The gateway role: the sessions of this process, and <see cref="IMatchmaker"/> over them. Needs an
    /// <see cref="IReportSink"/> and an <see cref="IGatewayDrain"/> in the services.
    /// </summary>
    public static ISiloBuilder AddCamdivGatewayEngine(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<ClusterMatchmaker>();
        silo.Services.AddSingleton<IMatchmaker>(static services => services.GetRequiredService<ClusterMatchmaker>());
        silo.Services.AddSingleton<ITokenBook, ClusterTokenBook>();
        silo.AddGrainService<GatewayService>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, EngineLifecycle>();
        return silo;
    }

    /// <summary>Gives what partitions of this silo knew a moment to reach their next activations before the silo leaves.</summary>
    private sealed class ShelfLifecycle(DirectoryShelf shelf) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
            nameof(DirectoryShelf),
            ServiceLifecycleStage.GrainDirectoryShutdown,
            _ => Task.CompletedTask,
            _ => shelf.SentAsync().WaitAsync(TimeSpan.FromSeconds(1)).ContinueWith(_ => { }, TaskScheduler.Default));
    }

    /// <summary>Starts the engine when the silo is active and stops it before the silo leaves.</summary>
    private sealed class EngineLifecycle(ClusterMatchmaker engine) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
            nameof(ClusterMatchmaker),
            ServiceLifecycleStage.Active,
            _ =>
            {
                engine.Start();
                return Task.CompletedTask;
            },
            engine.StopAsync);
    }
}
