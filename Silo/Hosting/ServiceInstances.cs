namespace Camdiv.Silo.Hosting;

internal static class ServiceInstances
{
    /// <summary>The instance registered for a type, before there is a container to ask.</summary>
    public static T? GetInstance<T>(this IServiceCollection services)
        where T : class =>
        services.LastOrDefault(service => service.ServiceType == typeof(T))?.ImplementationInstance as T;
}
