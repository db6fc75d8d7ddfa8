using System.Globalization;

namespace Camdiv.Gateway.Storage;

/// <summary>Files in the data folder: readable by their owner only, and never overwritten when they are not ours.</summary>
internal static class DataFolder
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Creates the folder when it is missing, for its owner only.</summary>
    public static void Ensure(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerFolder);
        }
    }

    /// <summary>Creates a new file for writing, for its owner only.</summary>
    public static FileStream CreateOwnerOnly(string path) => Open(path, FileMode.CreateNew, FileAccess.ReadWrite);

    /// <summary>Opens a file for appending, creating it for its owner only.</summary>
    public static FileStream AppendOwnerOnly(string path) => Open(path, FileMode.Append, FileAccess.Write);

    /// <summary>Renames a file that is not what it should be, so that its owner can look at it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="why">A word for the new name.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The new path.</returns>
    public static string SetAside(string path, string why, TimeProvider time)
    {
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        var aside = $"{path}.{why}-{stamp}";
        for (var i = 1; File.Exists(aside); i++)
        {
            aside = $"{path}.{why}-{stamp}-{i.ToString(CultureInfo.InvariantCulture)}";
        }
        File.Move(path, aside);
        return aside;
    }

    private static FileStream Open(string path, FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            // Readers may look on, and a rotation may rename the file under them.
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }
        return new FileStream(path, options);
    }
}
