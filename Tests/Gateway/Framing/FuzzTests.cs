namespace Camdiv.Tests.Gateway.Framing;

/// <summary>Seeded random bytes; a failing seed is in the message and replays.</summary>
public sealed class FuzzTests
{
    private const int Runs = 300;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_conversation_cut_anywhere_is_understood(int block)
    {
        foreach (var seed in Seeds(block))
        {
            var script = new ClientScript(seed);
            var outcome = await EchoServer.RunAsync(Portions(script.Bytes, seed), new Random(seed).Next(1, 5_000));
            Assert.True(
                Frames.LatestPongs(script.Events).SequenceEqual(Frames.LatestPongs(outcome.Events)) && script.End == outcome.End,
                Told(seed, script, outcome));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Damaged_conversations_meet_no_more_patience_than_in_the_framework(int block)
    {
        var stricter = 0;
        foreach (var seed in Seeds(block))
        {
            var bytes = Damage(new ClientScript(seed).Bytes, seed);
            var own = await EchoServer.RunAsync(Portions(bytes, seed));
            var other = await EchoServer.RunFrameworkAsync(Portions(bytes, seed));
            if (own.End != other.End || !Frames.LatestPongs(own.Events).SequenceEqual(Frames.LatestPongs(other.Events)))
            {
                Assert.True(IsStricter(own, other), $"seed {seed}\nown       {Told(own)}\nframework {Told(other)}");
                stricter++;
            }
        }
        // A framing that refused everything would be stricter, too.
        Assert.InRange(stricter, 0, Runs / 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Noise_ends_the_connection_and_nothing_else(int block)
    {
        foreach (var seed in Seeds(block))
        {
            var random = new Random(seed);
            var noise = new byte[random.Next(3_000)];
            random.NextBytes(noise);
            if (noise.Length > 1 && random.Next(2) == 0)
            {
                // Most noise fails at its first byte; this begins as a masked text.
                (noise[0], noise[1]) = (0x81, (byte)(noise[1] | 0x80));
            }
            var outcome = await EchoServer.RunAsync(Portions(noise, seed));
            Assert.True(outcome.End is "lost" or "fault" or "close", $"seed {seed}: {Told(outcome)}");
            Assert.True(outcome.End != "fault" || outcome.Events.Any(one => one is "close 1002" or "close 1007"), $"seed {seed}: {Told(outcome)}");
        }
    }

    private static IEnumerable<int> Seeds(int block) => Enumerable.Range(block * 10_000, Runs);

    private static IEnumerable<ReadOnlyMemory<byte>> Portions(byte[] bytes, int seed)
    {
        var random = new Random(seed + 1);
        var most = random.Next(3) switch { 0 => 16, 1 => 2_000, _ => 100_000 };
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, most), bytes.Length - at);
            yield return bytes.AsMemory(at, count);
            at += count;
        }
    }

    private static byte[] Damage(byte[] bytes, int seed)
    {
        var random = new Random(seed + 2);
        var damaged = bytes.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            // Headers are few among many bytes, and most of them are near the beginning.
            var at = random.Next(2) == 0 ? random.Next(Math.Min(8, damaged.Count)) : random.Next(damaged.Count);
            switch (random.Next(3))
            {
                case 0:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    damaged.RemoveRange(at, Math.Min(random.Next(1, 5), damaged.Count - at - 1));
                    break;
                default:
                    damaged.Insert(at, (byte)random.Next(256));
                    break;
            }
        }
        return [.. damaged];
    }

    // The framework lets lengths pass that are not the shortest (RFC 6455, section 5.2), and tells later that a frame or a
    // text cannot become a valid one any more. So this framing may refuse earlier, but never later or less.
    private static bool IsStricter(Outcome own, Outcome other) =>
        own.End == "fault" && Begins("text ", own, other) && Begins("binary ", own, other) && AreAmong("pong ", own, other);

    private static bool Begins(string kind, Outcome own, Outcome other)
    {
        var ours = own.Events.Where(one => one.StartsWith(kind, StringComparison.Ordinal)).ToList();
        return other.Events.Where(one => one.StartsWith(kind, StringComparison.Ordinal)).Take(ours.Count).SequenceEqual(ours);
    }

    // Of pings that came together the framework answers all, this framing the latest.
    private static bool AreAmong(string kind, Outcome own, Outcome other)
    {
        var theirs = other.Events.Where(one => one.StartsWith(kind, StringComparison.Ordinal)).ToList();
        var at = 0;
        foreach (var ours in own.Events.Where(one => one.StartsWith(kind, StringComparison.Ordinal)))
        {
            at = theirs.IndexOf(ours, at) + 1;
            if (at == 0)
            {
                return false;
            }
        }
        return true;
    }

    private static string Told(int seed, ClientScript script, Outcome outcome) =>
        $"seed {seed}\nexpected  {Told(new Outcome([.. script.Events], script.End))}\nown       {Told(outcome)}";

    private static string Told(Outcome outcome) => $"{outcome.End}: {string.Join(", ", outcome.Events)}";
}
