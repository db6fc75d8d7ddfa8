using System.Security.Cryptography;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Storage;

namespace Camdiv.Gateway.Sessions;

/// <summary>
/// The key of an installation that configures none: drawn once and kept in the data folder, readable by its owner only.
/// </summary>
internal static partial class SessionKeyFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "session.key";

    /// <summary>
    /// Reads the key, or draws and keeps one. A folder that cannot be used costs no start: the key then lives in memory,
    /// and sessions end with the process.
    /// </summary>
    public static byte[] LoadOrCreate(string folder, ILogger logger)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            DataFolder.Ensure(folder);
            if (TryLoad(path, out var key))
            {
                return key;
            }
            if (File.Exists(path))
            {
                var aside = DataFolder.SetAside(path, "foreign", TimeProvider.System);
                LogForeign(logger, path, aside);
            }
            return Create(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogInMemory(logger, path, exception.Message);
            return RandomNumberGenerator.GetBytes(SessionTokenOptions.MinKeyBytes);
        }
    }

    private static bool TryLoad(string path, out byte[] key)
    {
        key = [];
        return File.Exists(path) && SessionTokenOptions.TryDecode(File.ReadAllText(path).Trim(), out key);
    }

    private static byte[] Create(string path)
    {
        var key = RandomNumberGenerator.GetBytes(SessionTokenOptions.MinKeyBytes);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (var file = DataFolder.CreateOwnerOnly(temporary))
        using (var writer = new StreamWriter(file))
        {
            writer.WriteLine(Convert.ToBase64String(key));
        }
        // Two processes that start at once must end up with one key: who moves first wins.
        try
        {
            File.Move(temporary, path, overwrite: false);
            return key;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
            return TryLoad(path, out var winner) ? winner : key;
        }
    }

    [LoggerMessage(1201, LogLevel.Warning,
        "The session key cannot be kept in {Path} ({Cause}); sessions will not survive a restart of this process.")]
    private static partial void LogInMemory(ILogger logger, string path, string cause);

    [LoggerMessage(1202, LogLevel.Warning,
        "{Path} holds no session key; it was set aside as {Aside} and a new key drawn. Earlier sessions are void.")]
    private static partial void LogForeign(ILogger logger, string path, string aside);
}
