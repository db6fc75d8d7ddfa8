using Camdiv.Gateway.Sessions;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Gateway.Sessions;

public sealed class SessionTokensTests
{
    private static readonly byte[] Key = "0123456789abcdef0123456789abcdef"u8.ToArray();
    private static readonly byte[] OtherKey = "fedcba9876543210fedcba9876543210"u8.ToArray();
    private static readonly UserId User = new("AAAAAAAAAAAAAAAAAAAAAA");

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_token_is_user_generation_birth_expiry_and_signature() =>
        // Computed apart, with Python's hmac.
        Assert.Equal(
            "AAAAAAAAAAAAAAAAAAAAAA.1.1893456000.1893542400.TLLyWaSIShy57IXqGO4xcUWVbsn4ent6rxQGYKyuVq4", Issue(Tokens(Key)));

    [Fact]
    public void A_token_is_read_back()
    {
        Assert.Equal(TokenVerdict.Valid, Tokens(Key).Read(Issue(Tokens(Key)), out var token));
        Assert.Equal(Tokens(Key).Begin(User), token);
    }

    [Fact]
    public void A_token_is_valid_until_its_lifetime_is_over()
    {
        var tokens = Tokens(Key);
        var token = Issue(tokens);
        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Valid, tokens.Read(token, out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Expired, tokens.Read(token, out _));
    }

    [Fact]
    public void Renewals_count_up_and_do_not_outlive_the_identity()
    {
        var tokens = Tokens(Key);
        var token = tokens.Begin(User);
        var born = token.BornAt;
        for (var generation = 2; generation <= 7; generation++)
        {
            _time.Advance(TimeSpan.FromHours(23));
            token = tokens.Renew(token);
            Assert.Equal((User, generation, born, tokens.Now + 86_400), (token.User, token.Generation, token.BornAt, token.ExpiresAt));
        }
        _time.Advance(TimeSpan.FromHours(23));
        token = tokens.Renew(token);
        Assert.Equal(born + (7 * 86_400), token.ExpiresAt);
        var text = tokens.Write(token);
        _time.Advance(TimeSpan.FromHours(7) - TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Valid, tokens.Read(text, out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Expired, tokens.Read(text, out _));
    }

    [Fact]
    public void A_shorter_longest_life_ends_tokens_written_before()
    {
        var text = Issue(Tokens(Key));
        var stricter = new SessionTokens([Key], TimeSpan.FromHours(1), TimeSpan.FromHours(2), _time);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(TokenVerdict.Valid, Tokens(Key).Read(text, out _));
        Assert.Equal(TokenVerdict.Expired, stricter.Read(text, out _));
    }

    [Fact]
    public void No_changed_character_goes_unnoticed()
    {
        // The last character carries bits beyond the signature's end; a decoder that ignored them would accept twins.
        const string Characters =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.!~%\"\\ \t\r\n\0\u007f\u00e9\u20ac\ud800\udc00\uffff";
        var tokens = Tokens(Key);
        var token = Issue(tokens);
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var c in Characters.Where(c => c != token[i]))
            {
                var forged = token[..i] + c + token[(i + 1)..];
                Assert.True(tokens.Read(forged, out var read) == TokenVerdict.Malformed, $"'{(int)c:x}' at {i}");
                Assert.Equal(default, read);
            }
        }
    }

    [Fact]
    public void No_text_whatever_throws()
    {
        var random = new Random(11);
        var tokens = Tokens(Key);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Create(random.Next(140), random, static (span, random) =>
            {
                foreach (ref var c in span)
                {
                    c = random.Next(4) switch { 0 => '.', 1 => (char)random.Next(0x80), _ => (char)random.Next(0x10000) };
                }
            });
            Assert.Equal(TokenVerdict.Malformed, tokens.Read(text, out _));
        }
    }

    [Fact]
    public void Another_keys_token_is_refused() => Assert.Equal(TokenVerdict.Malformed, Tokens(Key).Read(Issue(Tokens(OtherKey)), out _));

    [Fact]
    public void The_first_key_signs_and_all_verify()
    {
        var rotated = Tokens(OtherKey, Key);
        Assert.Equal(TokenVerdict.Valid, rotated.Read(Issue(Tokens(Key)), out _));
        Assert.Equal(TokenVerdict.Valid, Tokens(OtherKey).Read(Issue(rotated), out _));
        Assert.Equal(TokenVerdict.Malformed, Tokens(Key).Read(Issue(rotated), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("AAAA")]
    [InlineData("AAAA.1.1893456000.1893542400")]
    [InlineData("AAAA.1.1893456000.1893542400.")]
    [InlineData("AAAA.1.1893456000.1893542400.ä")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA.1893542400.dYSR6fOelhtMvpS_JMCAAUH1_pMpZXSjquJ507SJ-Gc")]
    [InlineData("x.1.!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("\ud800.1893542400.dYSR6fOelhtMvpS_JMCAAUH1_pMpZXSjquJ507SJ-Gc")]
    public void Anything_else_is_refused(string token) =>
        Assert.Equal(TokenVerdict.Malformed, Tokens(Key).Read(token, out _));

    [Fact]
    public void None_is_missing() => Assert.Equal(TokenVerdict.Missing, Tokens(Key).Read(null, out _));

    [Fact]
    public void A_very_long_text_is_refused() =>
        Assert.Equal(TokenVerdict.Malformed, Tokens(Key).Read(new string('A', 60_000), out _));

    private static string Issue(SessionTokens tokens) => tokens.Write(tokens.Begin(User));

    private SessionTokens Tokens(params byte[][] keys) => new(keys, TimeSpan.FromHours(24), TimeSpan.FromDays(7), _time);
}
