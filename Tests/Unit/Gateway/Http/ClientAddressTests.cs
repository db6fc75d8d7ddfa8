using System.Net;
using Camdiv.Gateway.Http;

namespace Camdiv.Tests.Unit.Gateway.Http;

public sealed class ClientAddressTests
{
    [Theory]
    // Nobody is believed who is not a trusted proxy.
    [InlineData("203.0.113.9", "198.51.100.1", "203.0.113.9")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1", "198.51.100.1")]
    // From the right: what stands left of the first untrusted address is the client's own invention.
    [InlineData("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.9.9.9", "198.51.100.1")]
    [InlineData("10.0.0.1", "1.1.1.1,198.51.100.1,192.0.2.7,10.9.9.9", "198.51.100.1")]
    // All trusted: the leftmost.
    [InlineData("10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1")]
    // What cannot be read ends the walk at what was known before.
    [InlineData("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1, _hidden, 10.2.2.2", "10.2.2.2")]
    [InlineData("10.0.0.1", ",", "10.0.0.1")]
    [InlineData("10.0.0.1", "1", "10.0.0.1")]
    // Ports and IPv6.
    [InlineData("10.0.0.1", "198.51.100.1:4711", "198.51.100.1")]
    [InlineData("::ffff:10.0.0.1", "2001:db8::5", "2001:db8::5")]
    [InlineData("2001:db8:1::1", "[2001:db8::5]:443", "2001:db8::5")]
    [InlineData("2001:db8:1::1", "::ffff:198.51.100.1", "198.51.100.1")]
    public void The_chain_is_walked_from_the_right_past_trusted_proxies(string remote, string header, string client) =>
        Assert.Equal(
            IPAddress.Parse(client),
            new ClientAddress(new(["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"])).Resolve(IPAddress.Parse(remote), header));

    [Fact]
    public void The_walk_is_bounded()
    {
        var header = "198.51.100.1," + string.Join(',', Enumerable.Repeat("10.0.0.2", 100_000));
        Assert.Equal(
            IPAddress.Parse("10.0.0.2"), new ClientAddress(new(["10.0.0.0/8"])).Resolve(IPAddress.Parse("10.0.0.1"), header));
    }
}
