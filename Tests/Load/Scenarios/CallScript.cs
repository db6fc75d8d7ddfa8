using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>The signaling of a video call: offer, answer, and ten ICE candidates each way.</summary>
internal static class CallScript
{
    private const int Candidates = 10;
    private const int Described = 0x100;

    public static void Begin(VirtualUser user)
    {
        if (user.Initiator)
        {
            user.Send(Payload.Offer, WireClock.Now);
        }
    }

    /// <returns>Whether this frame was the last that the user awaited.</returns>
    public static bool Take(VirtualUser user, char kind)
    {
        switch (kind)
        {
            case 'O':
                user.Progress |= Described;
                user.Send(Payload.Answer, WireClock.Now);
                SendCandidates(user);
                break;
            case 'A':
                user.Progress |= Described;
                SendCandidates(user);
                break;
            case 'C':
                user.Progress++;
                break;
            default:
                return false;
        }
        return user.Progress == (Described | Candidates);
    }

    private static void SendCandidates(VirtualUser user)
    {
        for (var i = 0; i < Candidates; i++)
        {
            user.Send(Payload.Candidate, WireClock.Now);
        }
    }
}
