using System.Globalization;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Embedded;

/// <summary>
/// Goes through the engine behind everything asked for so far and waits until it is through: threads that only ask
/// would otherwise outrun the one that carries out, and call after call would change nothing.
/// </summary>
internal sealed class Marker(IMatchmaker engine, int number)
{
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(30);

    private readonly UserId _id = new(string.Create(CultureInfo.InvariantCulture, $"marker{number}"));

    public void Pass()
    {
        using var link = new MarkerLink();
        _ = engine.ConnectAsync(new Arrival(_id, true, null), link, default).AsTask().Result;
        Assert.True(link.Welcomed.Wait(TooLong), "what was asked for is never carried out");
    }

    private sealed class MarkerLink : IClientLink, IDisposable
    {
        public ManualResetEventSlim Welcomed { get; } = new();

        public bool IsAlive => true;

        public bool Deliver(ServerEvent message)
        {
            Welcomed.Set();
            return true;
        }

        public bool DeliverFrame(ReadOnlySpan<byte> frame) => true;

        public void Close(LinkCloseReason reason)
        {
        }

        public void Dispose() => Welcomed.Dispose();
    }
}
