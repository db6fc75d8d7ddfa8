using System.Security.Cryptography;
using Camdiv.Gateway.Configuration;
using StackExchange.Redis;

namespace Camdiv.Silo.Redis;

/// <summary>
/// The session key of a cluster that configures none: drawn by the first gateway and kept in Redis, so that a session
/// resumes at any gateway. Who can read this Redis can forge sessions, so one that asks for no password keeps none, unless it
/// is this machine's own; configure <c>Session:Keys</c> to keep the key out of any.
/// </summary>
public static class SharedSessionKey
{
    /// <summary>The Redis key for a service.</summary>
    public static string KeyFor(string serviceId) => $"{serviceId}:session-key";

    /// <summary>Reads the key, or draws and keeps one. Gateways that start at once end up with the same one.</summary>
    /// <returns>The key as base64.</returns>
    /// <exception cref="ConfigurationMistakesException">
    /// Redis asks nobody for a password, or what is kept there is no session key.
    /// </exception>
    /// <exception cref="RedisException">Redis went away.</exception>
    public static async Task<string> GetOrCreateAsync(RedisLink redis, string serviceId)
    {
        if (await redis.IsOpenAsync().ConfigureAwait(false))
        {
            RefuseOpen(redis);
        }
        RedisKey at = KeyFor(serviceId);
        var drawn = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SessionTokenOptions.MinKeyBytes));
        await redis.Database.StringSetAsync(at, drawn, when: When.NotExists).ConfigureAwait(false);
        string kept = (await redis.Database.StringGetAsync(at).ConfigureAwait(false)).ToString();
        var probe = new SessionTokenOptions { Keys = [kept] };
        return probe.Problems().Any()
            ? throw new ConfigurationMistakesException(
                [$"Session:Keys: none is configured, and what Redis keeps at {at} is not base64 of at least {SessionTokenOptions.MinKeyBytes} bytes"])
            : kept;
    }

    private static void RefuseOpen(RedisLink redis)
    {
        if (!redis.IsLoopback)
        {
            throw new ConfigurationMistakesException(
            [
                $"Session:Keys: must be configured (openssl rand -base64 32, the same on every gateway), for the Redis at {redis.EndPoints} "
                + "(Redis:ConnectionString) asks for no password: whoever reaches it could read a key kept there and take over sessions",
            ]);
        }
        redis.TellOpen();
    }
}
