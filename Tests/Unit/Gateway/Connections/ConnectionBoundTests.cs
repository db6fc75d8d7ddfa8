using Camdiv.Gateway.Connections;

namespace Camdiv.Tests.Unit.Gateway.Connections;

/// <summary>Connections against the files that a process may open.</summary>
public sealed class ConnectionBoundTests
{
    [Theory]
    [InlineData(250_000, null, 250_000, null, 0)]
    [InlineData(250_000, 1_048_576, 250_000, 1_022_362, 13_107)]
    [InlineData(250_000, 20_000, 19_000, 19_500, 250)]
    [InlineData(500, 20_000, 500, 19_500, 250)]
    [InlineData(250_000, 1_024, 512, 768, 128)]
    public void Some_files_are_left_for_what_is_no_connection(int configured, int? openFiles, int served, int? held, int last)
    {
        var bound = new ConnectionBound(configured, openFiles);
        Assert.Equal((served, held, last), (bound.Served, bound.Held, bound.LastPlaces));
    }

    [Theory]
    [InlineData("Max open files            20000                524288               files     ", 20_000)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             96365                96365                processes ", null)]
    public void The_soft_limit_is_read(string line, int? expected) =>
        Assert.Equal(expected, ConnectionBound.ReadOpenFiles(["Limit  Soft Limit  Hard Limit  Units", line]));
}
