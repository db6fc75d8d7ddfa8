using System.Net;
using Camdiv.Gateway.Http;

namespace Camdiv.Tests.Unit.Gateway.Http;

public sealed class AddressPrefixesTests
{
    private readonly AddressPrefixes _prefixes = new(new byte[32]);

    [Theory]
    [InlineData("2001:db8:0:0::1", "2001:db8:0:ff:1:2:3:4", true)]
    [InlineData("2001:db8:0:0::1", "2001:db8:0:100::1", false)]
    [InlineData("198.51.100.1", "198.51.100.2", false)]
    [InlineData("198.51.100.1", "::ffff:198.51.100.1", true)]
    public void One_subscriber_has_one_prefix(string one, string other, bool same) =>
        Assert.Equal(same, _prefixes.Of(IPAddress.Parse(one)) == _prefixes.Of(IPAddress.Parse(other)));

    [Fact]
    public void A_prefix_is_known_only_by_those_who_have_the_key()
    {
        var address = IPAddress.Parse("198.51.100.1");
        Assert.False(_prefixes.Of(address).IsNone);
        Assert.NotEqual(_prefixes.Of(address), new AddressPrefixes([.. Enumerable.Repeat((byte)1, 32)]).Of(address));
    }
}
