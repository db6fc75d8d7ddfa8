using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Sessions;

/// <summary>What a session token says.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Generation">Which one of the identity's tokens, from 1; each renewal makes a later one.</param>
/// <param name="BornAt">When the identity began, in Unix seconds: what its longest life counts from.</param>
/// <param name="ExpiresAt">Until when the token is valid, in Unix seconds.</param>
public readonly record struct SessionToken(UserId User, long Generation, long BornAt, long ExpiresAt);
