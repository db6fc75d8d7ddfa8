using System.Collections.Immutable;
using Camdiv.Grains;
using Orleans.Runtime;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>Which silos a gateway is told of as ended, and whether that is news to an operator.</summary>
public sealed class SiloEndsTests
{
    private readonly SiloEnds _ends = new();
    private long _version;

    [Fact]
    public void One_that_dies_without_a_word_is_told_of_once()
    {
        Assert.Empty(Look((1, SiloStatus.Active), (2, SiloStatus.Active)));
        Assert.Equal([(2, true)], Look((1, SiloStatus.Active), (2, SiloStatus.Dead)));
        Assert.Empty(Look((1, SiloStatus.Active), (2, SiloStatus.Dead)));
    }

    [Theory]
    [InlineData(SiloStatus.ShuttingDown)]
    [InlineData(SiloStatus.Stopping)]
    public void One_that_leaves_in_order_ends_without_news(SiloStatus leaving)
    {
        Assert.Empty(Look((1, SiloStatus.Active)));
        Assert.Empty(Look((1, leaving)));
        Assert.Equal([(1, false)], Look((1, SiloStatus.Dead)));
    }

    [Fact]
    public void Those_that_ended_before_are_no_news()
    {
        Assert.Equal([(1, false)], Look((1, SiloStatus.Dead), (2, SiloStatus.Active)));
        Assert.Equal([(2, true)], Look((1, SiloStatus.Dead), (2, SiloStatus.Dead)));
    }

    private IEnumerable<(int Silo, bool Unforeseen)> Look(params (int Silo, SiloStatus Status)[] members)
    {
        var known = members.ToImmutableDictionary(
            member => Silo(member.Silo), member => new ClusterMember(Silo(member.Silo), member.Status, $"silo-{member.Silo}"));
        return _ends.Look(new ClusterMembershipSnapshot(known, new MembershipVersion(++_version)))
            .Select(ended => (ended.Member.SiloAddress.Generation, ended.Unforeseen));
    }

    private static SiloAddress Silo(int generation) =>
        SiloAddress.New(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 11_111), generation);
}
