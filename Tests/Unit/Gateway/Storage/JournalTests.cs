using System.Text;
using Camdiv.Gateway.Storage;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Unit.Gateway.Storage;

public sealed class JournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLogger _log = new();
    private readonly FailingDisk _disk = new();

    private List<string> Log => [.. _log.Collector.GetSnapshot().Select(record => record.Message)];

    private string FilePath => Path.Combine(_folder.Path, "data", "state.journal");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_appended_is_there_after_a_restart()
    {
        using (var journal = Open())
        {
            journal.Append([("a", Value("1")), ("b", Value("2"))]);
            journal.Append([("a", Value("3")), ("c", Value("4"))]);
            journal.Append([("b", null)]);
        }
        Assert.Equal("a=3 c=4", Reopen());
        Assert.Empty(Log);
    }

    [Fact]
    public void The_file_is_whole_after_every_append()
    {
        // What kill -9 leaves behind is what was written: a copy taken while the journal is open must restore.
        using var journal = Open();
        journal.Append([("a", Value("1"))]);
        File.Copy(FilePath, FilePath + ".copy");
        using var copy = new Journal(FilePath + ".copy", "state", _disk, _time, _log);
        Assert.Equal("a=1", Text(copy.Load()));
    }

    [Fact]
    public void No_file_and_an_empty_file_are_nothing()
    {
        Assert.Equal("", Reopen());
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, "");
        Assert.Equal("", Reopen());
        Assert.Empty(Log);
    }

    [Fact]
    public void A_tail_torn_at_any_byte_costs_only_itself()
    {
        using (var journal = Open())
        {
            journal.Append([("first", Value("1"))]);
            journal.Append([("second", Value("2"))]);
        }
        var whole = File.ReadAllBytes(FilePath);
        var good = Encoding.UTF8.GetString(whole).LastIndexOf('\n', whole.Length - 2) + 1;
        for (var length = good + 1; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            using (var torn = Open())
            {
                torn.Append([("third", Value("3"))]);
            }
            Assert.Equal("first=1 third=3", Reopen());
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "*.torn-*"), aside =>
            {
                Assert.Equal(whole[..length], File.ReadAllBytes(aside));
                File.Delete(aside);
                return true;
            });
        }
        Assert.Equal(whole.Length - good - 1, Log.Count);
        Assert.All(Log, line => Assert.Contains("torn record", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_byte_ends_what_is_restored()
    {
        using (var journal = Open())
        {
            journal.Append([("a", Value("1")), ("b", Value("2")), ("c", Value("3"))]);
        }
        var bytes = File.ReadAllBytes(FilePath);
        var second = Encoding.UTF8.GetString(bytes).IndexOf(" b ", StringComparison.Ordinal);
        bytes[second + 1] = (byte)'x';
        File.WriteAllBytes(FilePath, bytes);
        Assert.Equal("a=1", Reopen());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "*.torn-*"));
    }

    [Theory]
    [InlineData("something else\n")]
    [InlineData("camdiv-journal 2 state\n")]
    [InlineData("camdiv-journal 1 blocks\n")]
    [InlineData("camdiv-journal 1 state")]
    public void A_foreign_file_is_set_aside(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, content);
        using (var journal = Open())
        {
            journal.Append([("a", Value("1"))]);
        }
        Assert.Equal("a=1", Reopen());
        var aside = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "*.foreign-*"));
        Assert.Equal(content, File.ReadAllText(aside));
        Assert.Contains("set aside", Assert.Single(Log), StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_foreign_file_is_not_read_whole()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        using (var file = File.Create(FilePath))
        {
            file.SetLength(1L << 33);
        }
        Assert.Equal("", Reopen());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "*.foreign-*"));
    }

    [Fact]
    public void Dead_records_are_dropped_once_they_outnumber_the_live()
    {
        using (var journal = Open())
        {
            for (var i = 0; i < 100; i++)
            {
                journal.Append([($"live{i}", Value($"{i}"))]);
            }
            for (var i = 0; i < 10_000; i++)
            {
                journal.Append([("hot", Value($"{i}"))]);
            }
            Assert.InRange(journal.DeadCount, 0, 1_024);
            Assert.Equal(101, journal.LiveCount);
        }
        Assert.InRange(new FileInfo(FilePath).Length, 1, 60_000);
        var restored = Reopen();
        Assert.Contains("hot=9999", restored, StringComparison.Ordinal);
        Assert.Contains("live42=42", restored, StringComparison.Ordinal);
        Assert.Equal(101, restored.Split(' ').Length);
    }

    [Fact]
    public void A_failed_write_leaves_no_half_record_and_the_next_one_succeeds()
    {
        using (var journal = Open())
        {
            journal.Append([("a", Value("1"))]);
            _disk.FailAfterBytes = 7;
            Assert.Throws<IOException>(() => journal.Append([("b", Value("2"))]));
            Assert.False(journal.Holds("b"));
            _disk.FailAfterBytes = null;
            journal.Append([("c", Value("3"))]);
        }
        Assert.Equal("a=1 c=3", Reopen());
        Assert.Empty(Log);
    }

    [Fact]
    public void When_the_half_record_cannot_be_cut_off_a_new_file_is_begun()
    {
        using (var journal = Open())
        {
            journal.Append([("a", Value("1"))]);
            _disk.FailAfterBytes = 7;
            _disk.FailTruncation = true;
            Assert.Throws<IOException>(() => journal.Append([("b", Value("2"))]));
            _disk.FailAfterBytes = null;
            journal.Append([("c", Value("3"))]);
        }
        Assert.Equal("a=1 c=3", Reopen());
        Assert.Empty(Log);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_left_alone()
    {
        using (var journal = Open())
        {
            journal.Append([("a", Value("1"))]);
        }
        _disk.FailOpen = true;
        using (var blind = Open())
        {
            Assert.Throws<IOException>(() => blind.Append([("b", Value("2"))]));
        }
        _disk.FailOpen = false;
        Assert.Equal("a=1", Reopen());
        Assert.Contains("cannot be read", Assert.Single(Log), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_fails_the_append_until_it_can()
    {
        var inTheWay = Path.GetDirectoryName(FilePath)!;
        File.WriteAllText(inTheWay, "");
        using (var journal = Open())
        {
            Assert.ThrowsAny<IOException>(() => journal.Append([("a", Value("1"))]));
            File.Delete(inTheWay);
            journal.Append([("a", Value("1"))]);
        }
        Assert.Equal("a=1", Reopen());
    }

    private Journal Open()
    {
        var journal = new Journal(FilePath, "state", _disk, _time, _log);
        journal.Load();
        return journal;
    }

    private string Reopen()
    {
        using var journal = new Journal(FilePath, "state", _disk, _time, _log);
        return Text(journal.Load());
    }

    private static byte[] Value(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(Dictionary<string, byte[]> values) => string.Join(
        ' ', values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={Encoding.UTF8.GetString(v.Value)}"));
}
