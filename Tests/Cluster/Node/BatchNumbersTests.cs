using Camdiv.Grains;
using Camdiv.Matchmaking;
using Verdict = Camdiv.Grains.BatchNumbers.Verdict;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>How a grain knows that it has everything a gateway ever told.</summary>
public sealed class BatchNumbersTests
{
    private static readonly HostId A = new("a");

    private readonly BatchNumbers _numbers = new();

    [Fact]
    public void A_gateway_heard_from_the_beginning_is_complete()
    {
        Assert.Equal(Verdict.Take, Note(1));
        Assert.Equal(Verdict.Take, Note(2));
    }

    [Fact]
    public void A_gateway_is_asked_until_it_has_told_everything()
    {
        Assert.Equal(Verdict.TakeAndAsk, Note(7));
        // The answer to the seventh was lost with the silo that passed it on.
        Assert.Equal(Verdict.TakeAndAsk, Note(8));
        Assert.Equal(Verdict.Take, Note(9, whole: true));
        Assert.Equal(Verdict.Take, Note(10));
    }

    [Fact]
    public void What_went_to_another_activation_is_asked_for()
    {
        Assert.Equal(Verdict.Take, Note(1));
        Assert.Equal(Verdict.TakeAndAsk, Note(3));
        Assert.Equal(Verdict.TakeAndAsk, Note(4));
        Assert.Equal(Verdict.Take, Note(6, whole: true));
    }

    [Fact]
    public void A_batch_that_was_sent_again_meanwhile_is_void()
    {
        Assert.Equal(Verdict.Take, Note(1));
        Assert.Equal(Verdict.TakeAndAsk, Note(3));
        Assert.Equal(Verdict.Ignore, Note(2));
        Assert.Equal(Verdict.Ignore, Note(3, whole: true));
    }

    [Fact]
    public void A_gateway_that_was_given_up_is_new_again()
    {
        Assert.Equal(Verdict.Take, Note(1));
        Assert.True(_numbers.Knows(A));
        _numbers.Forget(A);
        Assert.False(_numbers.Knows(A));
        Assert.Equal(Verdict.TakeAndAsk, Note(2));
    }

    private Verdict Note(long number, bool whole = false) => _numbers.Note(A, number, whole);
}
