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
    public void A_token_is_user_expiry_and_signature() =>
        // Computed apart, with openssl.
        Assert.Equal(
            "AAAAAAAAAAAAAAAAAAAAAA.1893542400.dYSR6fOelhtMvpS_JMCAAUH1_pMpZXSjquJ507SJ-Gc", Tokens(Key).Issue(User));

    [Fact]
    public void A_token_is_read_back()
    {
        Assert.Equal(TokenVerdict.Valid, Tokens(Key).Read(Tokens(Key).Issue(User), out var user));
        Assert.Equal(User, user);
    }

    [Fact]
    public void A_token_is_valid_until_its_lifetime_is_over()
    {
        var tokens = Tokens(Key);
        var token = tokens.Issue(User);
        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Valid, tokens.Read(token, out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Expired, tokens.Read(token, out _));
    }

    [Fact]
    public void No_changed_character_goes_unnoticed()
    {
        // The last character carries bits beyond the signature's end; a decoder that ignored them would accept twins.
        const string Characters =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.!~%\"\\ \t\r\n\0\u007f\u00e9\u20ac\ud800\udc00\uffff";
        var tokens = Tokens(Key);
        var token = tokens.Issue(User);
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var c in Characters.Where(c => c != token[i]))
            {
                var forged = token[..i] + c + token[(i + 1)..];
                Assert.True(tokens.Read(forged, out var user) == TokenVerdict.Malformed, $"'{(int)c:x}' at {i}");
                Assert.Equal(default, user);
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
    public void Another_keys_token_is_refused() => Assert.Equal(TokenVerdict.Malformed, Tokens(Key).Read(Tokens(OtherKey).Issue(User), out _));

    [Fact]
    public void The_first_key_signs_and_all_verify()
    {
        var rotated = Tokens(OtherKey, Key);
        Assert.Equal(TokenVerdict.Valid, rotated.Read(Tokens(Key).Issue(User), out _));
        Assert.Equal(TokenVerdict.Valid, Tokens(OtherKey).Read(rotated.Issue(User), out _));
        Assert.Equal(TokenVerdict.Malformed, Tokens(Key).Read(rotated.Issue(User), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("AAAA")]
    [InlineData("AAAA.1893542400")]
    [InlineData("AAAA.1893542400.")]
    [InlineData("AAAA.1893542400.ä")]
    [InlineData("x.1.!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("\ud800.1893542400.dYSR6fOelhtMvpS_JMCAAUH1_pMpZXSjquJ507SJ-Gc")]
    public void Anything_else_is_refused(string token) =>
        Assert.Equal(TokenVerdict.Malformed, Tokens(Key).Read(token, out _));

    [Fact]
    public void None_is_missing() => Assert.Equal(TokenVerdict.Missing, Tokens(Key).Read(null, out _));

    [Fact]
    public void A_very_long_text_is_refused() =>
        Assert.Equal(TokenVerdict.Malformed, Tokens(Key).Read(new string('A', 60_000), out _));

    private SessionTokens Tokens(params byte[][] keys) => new(keys, TimeSpan.FromHours(24), _time);
}
