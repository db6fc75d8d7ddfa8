using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Camdiv.Matchmaking;

/// <summary>
/// Ids of reports: one for each reporter and room, so that a report which is made again, or written again after a lost
/// answer, shows as the same.
/// </summary>
internal static class ReportId
{
    private const int Bytes = 16;

    /// <summary>22 characters of base64url; nobody can tell room or reporter from them.</summary>
    public static string Of(RoomId room, UserId reporter)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"camdiv.report.v1|{room.Value}|{reporter.Value}"), hash);
        return Base64Url.EncodeToString(hash[..Bytes]);
    }
}
