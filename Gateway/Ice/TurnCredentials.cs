using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Ice;

/// <summary>
/// Time-limited TURN credentials as coturn's <c>use-auth-secret</c> checks them: the user name is <c>EXPIRY:USERID</c>,
/// the password the base64 HMAC-SHA1 of it.
/// </summary>
internal readonly record struct TurnCredentials(string Username, string Credential)
{
    /// <param name="secret">The secret shared with the TURN server.</param>
    /// <param name="user">Whose traffic it is.</param>
    /// <param name="expires">Unix seconds from which on the server refuses.</param>
    public static TurnCredentials Mint(string secret, UserId user, long expires)
    {
        var username = string.Create(CultureInfo.InvariantCulture, $"{expires}:{user.Value}");
        // The mechanism's definition demands SHA-1; as an HMAC key it is not weakened by collisions.
        var mac = HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(username));
        return new TurnCredentials(username, Convert.ToBase64String(mac));
    }
}
