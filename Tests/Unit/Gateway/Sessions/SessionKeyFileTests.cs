using Camdiv.Gateway.Sessions;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Unit.Gateway.Sessions;

public sealed class SessionKeyFileTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string Folder => Path.Combine(_temporary.Path, "data");

    private string KeyPath => Path.Combine(Folder, SessionKeyFile.Name);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_key_is_drawn_once_and_kept()
    {
        var first = SessionKeyFile.LoadOrCreate(Folder, NullLogger.Instance);
        Assert.Equal(32, first.Length);
        Assert.Equal(first, SessionKeyFile.LoadOrCreate(Folder, NullLogger.Instance));
        Assert.Equal([KeyPath], Directory.GetFiles(Folder));
    }

    [Fact]
    public void Only_the_owner_can_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        SessionKeyFile.LoadOrCreate(Folder, NullLogger.Instance);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        }
    }

    [Fact]
    public void A_file_that_is_no_key_is_set_aside()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(KeyPath, "c2hvcnQ=");
        var key = SessionKeyFile.LoadOrCreate(Folder, NullLogger.Instance);
        Assert.Equal(key, Convert.FromBase64String(File.ReadAllText(KeyPath).Trim()));
        Assert.Single(Directory.GetFiles(Folder, "session.key.foreign-*"));
    }

    [Fact]
    public void An_unusable_folder_gives_a_key_that_lives_in_memory()
    {
        File.WriteAllText(Folder, "a file where the folder should be");
        var log = new FakeLogger();
        Assert.Equal(32, SessionKeyFile.LoadOrCreate(Folder, log).Length);
        Assert.Contains("will not survive a restart", Assert.Single(log.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }
}
