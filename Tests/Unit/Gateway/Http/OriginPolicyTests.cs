using Camdiv.Gateway.Http;
using Microsoft.AspNetCore.Http;

namespace Camdiv.Tests.Unit.Gateway.Http;

public sealed class OriginPolicyTests
{
    private readonly OriginPolicy _policy = new(["https://Chat.Example", "http://localhost:3000/"], []);

    [Theory]
    [InlineData(null, "host", true)]
    [InlineData("http://host", "host", true)]
    [InlineData("https://host", "host", true)]
    [InlineData("https://host", "host:443", true)]
    [InlineData("https://HOST", "host", true)]
    [InlineData("http://host:5080", "host:5080", true)]
    [InlineData("http://[::1]:5080", "[::1]:5080", true)]
    [InlineData("http://host:5081", "host:5080", false)]
    [InlineData("http://host", "host:5080", false)]
    [InlineData("http://host.evil", "host", false)]
    [InlineData("http://evil", "host", false)]
    [InlineData("null", "host", false)]
    [InlineData("", "host", false)]
    [InlineData("file://", "host", false)]
    [InlineData("https://user@host", "host", false)]
    [InlineData("https://host/path", "host", false)]
    [InlineData("https://chat.example", "host", true)]
    [InlineData("https://chat.example:443", "host", true)]
    [InlineData("http://chat.example", "host", false)]
    [InlineData("http://localhost:3000", "host", true)]
    [InlineData("https://xn--bcher-kva.example", "xn--bcher-kva.example", true)]
    [InlineData("https://xn--bcher-kva.example", "xn--9", false)]
    public void Own_host_and_configured_origins_may_connect(string? origin, string host, bool allowed)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Origin = origin;
        }
        Assert.Equal(allowed, _policy.Allows(request));
    }

    [Theory]
    [InlineData("https://own.example", "own.example", true)]
    [InlineData("http://Own.Example:5080", "own.example:5080", true)]
    [InlineData("http://[::1]:5080", "[::1]:5080", true)]
    [InlineData("http://rebound.example:5080", "rebound.example:5080", false)]
    [InlineData("https://chat.example", "rebound.example", true)]
    [InlineData(null, "rebound.example", true)]
    public void With_own_names_a_page_under_another_name_may_not(string? origin, string host, bool allowed)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Host = host;
        request.Headers.Origin = origin;
        Assert.Equal(allowed, new OriginPolicy(["https://chat.example"], ["own.example", "::1"]).Allows(request));
    }

    [Fact]
    public void No_origin_and_no_host_whatever_throws()
    {
        string[] parts = ["http://", "https://", "[", "]", ":", "@", "%25", "%", "xn--", "\u00e9", "\u0130", "\ud800", "host", ".", "::1", "80", "99999", "/", "#", " ", "\t"];
        var random = new Random(5);
        for (var i = 0; i < 50_000; i++)
        {
            var request = new DefaultHttpContext().Request;
            request.Headers.Origin = "http://" + Text();
            request.Headers.Host = Text();
            _policy.Allows(request);
            Assert.Contains("connect-src", SecurityHeaders.Policy(RequestHost.Of(request)), StringComparison.Ordinal);
        }

        string Text() => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => parts[random.Next(parts.Length)]));
    }

    [Fact]
    public void Two_origins_are_none()
    {
        var request = new DefaultHttpContext().Request;
        request.Host = new HostString("host");
        request.Headers.Origin = new(["http://host", "http://host"]);
        Assert.False(_policy.Allows(request));
    }

    [Fact]
    public void A_host_header_cannot_break_out_of_the_content_policy()
    {
        Assert.Contains(
            "connect-src 'self' ws://h:5080 wss://h:5080;", SecurityHeaders.Policy(new HostString("h:5080")), StringComparison.Ordinal);
        Assert.Contains(
            "connect-src 'self';", SecurityHeaders.Policy(new HostString("h; script-src *")), StringComparison.Ordinal);
    }
}
