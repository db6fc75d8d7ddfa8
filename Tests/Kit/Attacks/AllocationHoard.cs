using System.Net;
using Camdiv.Tests.Kit.Turn;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>One address that holds as many allocations on a TURN server as its credentials allow.</summary>
/// <param name="server">The TURN server.</param>
/// <param name="from">The attacker's address, one of 127.0.0.x.</param>
public sealed class AllocationHoard(IPEndPoint server, IPAddress from) : IDisposable
{
    private const int QuotaReached = 486;
    private const int MostOthers = 3;

    private readonly List<TurnAllocation> _held = [];

    /// <summary>Allocations held.</summary>
    public int Held => _held.Count;

    /// <summary>The error codes of refusals, with how often each was said.</summary>
    public SortedDictionary<int, int> Refusals { get; } = [];

    /// <summary>The longest life granted, in seconds.</summary>
    public int LongestLifeSeconds => _held.Count == 0 ? 0 : _held.Max(allocation => allocation.LifetimeSeconds);

    /// <summary>Takes allocations with a credential until its quota is reached or so many others are refused.</summary>
    public async Task TakeAsync(TurnCredential credential)
    {
        for (var others = 0; others < MostOthers;)
        {
            try
            {
                _held.Add(await TurnAllocation.OpenAsync(server, credential, new TurnWishes { From = from }));
            }
            catch (TurnRefusedException refused)
            {
                Refusals[refused.Error] = Refusals.GetValueOrDefault(refused.Error) + 1;
                if (refused.Error == QuotaReached)
                {
                    return;
                }
                others++;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _held.ForEach(allocation => allocation.Dispose());
}
