using System.Net;
using Camdiv.Gateway.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Camdiv.Tests.Unit.Gateway.Http;

/// <summary>What the framework's middleware makes of a header, as this gateway sets it up.</summary>
public sealed class ClientAddressTests
{
    private static readonly string[] Proxies = ["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"];

    [Theory]
    // Nobody is believed who is not a trusted proxy.
    [InlineData("203.0.113.9", "198.51.100.1", 1, "203.0.113.9")]
    [InlineData("10.0.0.1", "", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1", 1, "198.51.100.1")]
    [InlineData("192.0.2.7", "198.51.100.1", 1, "198.51.100.1")]
    // One hop, one entry: a client with an address of the proxies' range is not believed.
    [InlineData("10.0.0.1", "1.1.1.1, 198.51.100.1", 1, "198.51.100.1")]
    [InlineData("10.0.0.1", "1.1.1.1, 10.9.9.9", 1, "10.9.9.9")]
    // As many entries as hops, and never past one who is no proxy.
    [InlineData("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.9.9.9", 2, "198.51.100.1")]
    [InlineData("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.9.9.9", 3, "198.51.100.1")]
    [InlineData("10.0.0.1", "1.1.1.1, 10.8.8.8, 10.9.9.9", 2, "10.8.8.8")]
    // What cannot be read ends it at what was known before.
    [InlineData("10.0.0.1", "198.51.100.1, unknown", 2, "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1, _hidden, 10.2.2.2", 3, "10.2.2.2")]
    [InlineData("10.0.0.1", ",", 1, "10.0.0.1")]
    // Ports and IPv6.
    [InlineData("10.0.0.1", "198.51.100.1:4711", 1, "198.51.100.1")]
    [InlineData("::ffff:10.0.0.1", "2001:db8::5", 1, "2001:db8::5")]
    [InlineData("2001:db8:1::1", "[2001:db8::5]:443", 1, "2001:db8::5")]
    [InlineData("2001:db8:1::1", "::ffff:198.51.100.1", 1, "198.51.100.1")]
    [InlineData("::ffff:203.0.113.9", "198.51.100.1", 1, "203.0.113.9")]
    public async Task Hops_are_counted_from_the_right(string remote, string header, int hops, string client) =>
        Assert.Equal(IPAddress.Parse(client), await ReadAsync(new(new(Proxies), hops), IPAddress.Parse(remote), header));

    [Fact]
    public async Task Without_proxies_nobody_is_believed() =>
        Assert.Equal(IPAddress.Loopback, await ReadAsync(new(new([]), 5), IPAddress.Loopback, "198.51.100.1"));

    [Fact]
    public async Task A_local_socket_is_a_proxy_or_loopback()
    {
        Assert.Equal(IPAddress.Parse("198.51.100.1"), await ReadAsync(new(new(Proxies), 1), null, "198.51.100.1"));
        Assert.Equal(IPAddress.Loopback, await ReadAsync(new(new(Proxies), 1), null, ""));
    }

    [Fact]
    public async Task A_long_header_costs_no_more_than_its_hops() => Assert.Equal(
        IPAddress.Parse("10.0.0.2"),
        await ReadAsync(
            new(new(Proxies), 16),
            IPAddress.Parse("10.0.0.1"),
            "198.51.100.1," + string.Join(',', Enumerable.Repeat("10.0.0.2", 100_000))));

    private static async Task<IPAddress> ReadAsync(ClientAddress addresses, IPAddress? remote, string header)
    {
        var options = new ForwardedHeadersOptions();
        addresses.Configure(options);
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote;
        if (header.Length > 0)
        {
            context.Request.Headers["X-Forwarded-For"] = header;
        }
        await new ForwardedHeadersMiddleware(_ => Task.CompletedTask, NullLoggerFactory.Instance, Options.Create(options)).Invoke(context);
        return addresses.Of(context);
    }
}
