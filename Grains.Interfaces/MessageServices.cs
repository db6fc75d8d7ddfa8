using Camdiv.Matchmaking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Camdiv.Grains;

/// <summary>What every process needs that exchanges messages with the cluster, silo or client.</summary>
public static class MessageServices
{
    /// <summary>
    /// Registers the process's one <see cref="Clock"/>, by which messages turn moments into ages and back, unless it is
    /// registered already. Without it Orleans does not start.
    /// </summary>
    public static IServiceCollection AddCamdivMessages(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Clock>();
        return services;
    }
}
