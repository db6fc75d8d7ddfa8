using Camdiv.Matchmaking;
using Xunit;
using Xunit.Sdk;

namespace Camdiv.Tests.Kit.Conformance;

/// <summary>
/// What every engine behind <see cref="IMatchmaker"/> must do, seen only through the ports. Derive a sealed class per
/// engine; an engine shared by many tests is fine, since every test uses people of its own and sends them home.
/// </summary>
public abstract partial class MatchmakerConformance : IAsyncLifetime
{
    private readonly List<Stranger> _people = [];
    private IEngineUnderTest? _engine;

    protected IEngineUnderTest Engine => _engine ?? throw new InvalidOperationException("Not initialized yet.");

    protected MatchmakingOptions Options => Engine.Options;

    public async ValueTask InitializeAsync() => _engine = await CreateAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var person in _people)
        {
            person.Connection.Stop();
            person.Connection.Detach();
        }
        await Engine.SettleAsync();
        await Engine.DisposeAsync();
    }

    /// <summary>Makes the engine, or a wrapper of a shared one.</summary>
    protected abstract ValueTask<IEngineUnderTest> CreateAsync();

    /// <summary>A new person, connected; ids sort in the order of <paramref name="name"/>.</summary>
    protected async Task<Stranger> ComeAsync(string name)
    {
        var gateway = Engine.Gateways[_people.Count % Engine.Gateways.Count];
        var person = new Stranger(new UserId($"{name}-{UserId.New()}"[..24]), gateway);
        await person.ConnectAsync();
        _people.Add(person);
        return person;
    }

    /// <summary>Two who have just been told of each other.</summary>
    protected async Task<(Stranger Ann, Stranger Bob, RoomId Room)> MeetAsync(bool acknowledged = true)
    {
        var ann = await ComeAsync("ann");
        var bob = await ComeAsync("bob");
        return (ann, bob, await PairAsync(ann, bob, acknowledged));
    }

    /// <summary>Both press start and meet.</summary>
    protected async Task<RoomId> PairAsync(Stranger one, Stranger other, bool acknowledged = true)
    {
        one.Start();
        await one.HearSearchingAsync(requeued: false);
        other.Start();
        var room = (await other.HearAsync<Matched>()).Room;
        Assert.Equal(room, (await one.HearAsync<Matched>()).Room);
        if (acknowledged)
        {
            one.Connection.Acknowledge(room);
            other.Connection.Acknowledge(room);
            await Engine.SettleAsync();
        }
        return room;
    }

    /// <summary>Lets so much time pass that what is due after <paramref name="ms"/> has happened.</summary>
    protected async Task WaitOutAsync(int ms)
    {
        await Engine.PassAsync(TimeSpan.FromMilliseconds(ms) + Engine.Slack);
        await Engine.SettleAsync();
    }

    /// <summary>Lets half of <paramref name="ms"/> pass: nothing due after it may have happened.</summary>
    protected async Task WaitHalfAsync(int ms)
    {
        await Engine.PassAsync(TimeSpan.FromMilliseconds(ms / 2.0));
        await Engine.SettleAsync();
    }

    /// <summary>Asks again and again, a bounded number of times, until it is so.</summary>
    protected async Task UntilAsync(Func<ValueTask<bool>> itIsSo, string what)
    {
        for (var tries = 0; tries < 50; tries++)
        {
            if (await itIsSo())
            {
                return;
            }
            await Engine.SettleAsync();
        }
        throw new XunitException($"It never came to this: {what}.");
    }

    /// <summary>Nobody of these may have been told anything more.</summary>
    protected async Task NothingMoreAsync(params Stranger[] people)
    {
        await Engine.SettleAsync();
        Assert.All(people, person => person.HeardNothingMore());
    }
}
