using System.Globalization;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>Ids that are the same in every run of a seed.</summary>
internal sealed class SeededIds(VirtualWorld world) : IdSource
{
    private readonly Dictionary<SeatId, UserId> _seats = [];
    private long _rooms;

    public override RoomId NextRoom() => new(string.Create(CultureInfo.InvariantCulture, $"r{++_rooms}"));

    public override SeatId NextSeat(UserId user)
    {
        var seat = new SeatId(string.Create(CultureInfo.InvariantCulture, $"s{world.Random.NextInt64():x16}"));
        _seats[seat] = user;
        return seat;
    }

    /// <summary>Who sits there: what the simulation may know and no client does.</summary>
    public UserId Find(SeatId seat) => _seats[seat];

    public override long NextTicket() => world.Random.NextInt64(1, long.MaxValue);
}

/// <summary>Drops reports.</summary>
internal sealed class NoReports : IReportSink
{
    public ValueTask WriteAsync(Report report, CancellationToken cancellation) => ValueTask.CompletedTask;
}
