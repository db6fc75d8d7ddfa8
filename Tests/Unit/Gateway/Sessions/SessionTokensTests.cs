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
        Assert.True(Tokens(Key).TryRead(Tokens(Key).Issue(User), out var user));
        Assert.Equal(User, user);
    }

    [Fact]
    public void A_token_is_valid_until_its_lifetime_is_over()
    {
        var tokens = Tokens(Key);
        var token = tokens.Issue(User);
        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.True(tokens.TryRead(token, out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(tokens.TryRead(token, out _));
    }

    [Fact]
    public void No_changed_character_goes_unnoticed()
    {
        var tokens = Tokens(Key);
        var token = tokens.Issue(User);
        for (var i = 0; i < token.Length; i++)
        {
            // The last character carries bits beyond the signature's end; a decoder that ignored them would accept twins.
            var forged = token.ToCharArray();
            forged[i] = forged[i] == 'A' ? 'B' : 'A';
            Assert.False(tokens.TryRead(new string(forged), out _), $"changed at {i}");
        }
    }

    [Fact]
    public void Another_keys_token_is_refused() => Assert.False(Tokens(Key).TryRead(Tokens(OtherKey).Issue(User), out _));

    [Fact]
    public void The_first_key_signs_and_all_verify()
    {
        var rotated = Tokens(OtherKey, Key);
        Assert.True(rotated.TryRead(Tokens(Key).Issue(User), out _));
        Assert.True(Tokens(OtherKey).TryRead(rotated.Issue(User), out _));
        Assert.False(Tokens(Key).TryRead(rotated.Issue(User), out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("AAAA")]
    [InlineData("AAAA.1893542400")]
    [InlineData("AAAA.1893542400.")]
    [InlineData("AAAA.1893542400.ä")]
    [InlineData("\ud800.1893542400.dYSR6fOelhtMvpS_JMCAAUH1_pMpZXSjquJ507SJ-Gc")]
    public void Anything_else_is_refused(string? token) => Assert.False(Tokens(Key).TryRead(token, out _));

    [Fact]
    public void A_very_long_text_is_refused() => Assert.False(Tokens(Key).TryRead(new string('A', 60_000), out _));

    private SessionTokens Tokens(params byte[][] keys) => new(keys, TimeSpan.FromHours(24), _time);
}
