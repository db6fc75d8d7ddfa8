namespace Camdiv.Gateway.Storage;

/// <summary>The file operations a journal stands on, apart so that a test can make the disk fail.</summary>
internal class JournalDisk
{
    /// <summary>Opens an existing file for reading and writing; null when there is none.</summary>
    public virtual Stream? OpenExisting(string path) =>
        File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0)
            : null;

    /// <summary>Creates a file for reading and writing, in place of what is there.</summary>
    public virtual Stream CreateNew(string path)
    {
        DataFolder.Ensure(Path.GetDirectoryName(path)!);
        File.Delete(path);
        return DataFolder.CreateOwnerOnly(path);
    }

    /// <summary>Moves a file in place of another, at once.</summary>
    public virtual void Replace(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Renames a file that is not what it should be; returns its new path.</summary>
    public virtual string SetAside(string path, string why, TimeProvider time) => DataFolder.SetAside(path, why, time);
}
