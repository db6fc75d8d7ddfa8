using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;

namespace Camdiv.Silo.Security;

/// <summary>
/// What is said at the client port before Orleans' own bytes, so that a node knows who calls and whoever merely reaches the
/// port gets no further. Node: a mark of 8 bytes and a nonce of 32. Program: length of its name (2 bytes, big-endian), a
/// ticket of 32 bytes, HMAC-SHA256 (RFC 2104) under the admin key of mark, nonce, ticket and name, and the name. Node: a
/// verdict of one byte. A fresh nonce for each connection leaves nothing to replay.
/// </summary>
internal static class AdminGreeting
{
    /// <summary>Length of nonce, ticket and MAC.</summary>
    public const int TokenBytes = 32;

    /// <summary>Bytes of what a node says first.</summary>
    public const int ChallengeBytes = 8 + TokenBytes;

    /// <summary>Bytes of an answer without its name.</summary>
    public const int AnswerBytes = 2 + (2 * TokenBytes);

    /// <summary>Most bytes of a name in UTF-8.</summary>
    public const int MaxNameBytes = 256;

    /// <summary>Let in.</summary>
    public const byte Welcome = 0;

    /// <summary>An admin key is asked for and was not proved.</summary>
    public const byte KeyRefused = 1;

    /// <summary>Without TLS and without an admin key only this machine's own programs are let in.</summary>
    public const byte AddressRefused = 2;

    private static ReadOnlySpan<byte> Mark => "CAMDIV\0\u0001"u8;

    /// <summary>What a node says first, with a fresh nonce.</summary>
    public static byte[] DrawChallenge()
    {
        var challenge = new byte[ChallengeBytes];
        Mark.CopyTo(challenge);
        RandomNumberGenerator.Fill(challenge.AsSpan(Mark.Length));
        return challenge;
    }

    /// <summary>Whether the bytes are what a node says first.</summary>
    public static bool IsChallenge(ReadOnlySpan<byte> bytes) => bytes.Length == ChallengeBytes && bytes.StartsWith(Mark);

    /// <summary>A program's answer.</summary>
    /// <param name="challenge">What the node said.</param>
    /// <param name="ticket">The program's ticket.</param>
    /// <param name="name">Who runs it; cut to <see cref="MaxNameBytes"/>.</param>
    /// <param name="key">The admin key, or nothing.</param>
    public static byte[] Answer(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> ticket, string name, byte[] key)
    {
        var text = Encoding.UTF8.GetBytes(name);
        text = text[..Math.Min(text.Length, MaxNameBytes)];
        var answer = new byte[AnswerBytes + text.Length];
        BinaryPrimitives.WriteUInt16BigEndian(answer, (ushort)text.Length);
        ticket.CopyTo(answer.AsSpan(2));
        Mac(challenge, ticket, text, key).CopyTo(answer, 2 + TokenBytes);
        text.CopyTo(answer, AnswerBytes);
        return answer;
    }

    /// <summary>The ticket of an answer.</summary>
    public static ReadOnlySpan<byte> TicketOf(ReadOnlySpan<byte> answer) => answer.Slice(2, TokenBytes);

    /// <summary>The name of an answer, without characters that a log must not have.</summary>
    public static string NameOf(ReadOnlySpan<byte> answer) =>
        string.Concat(Encoding.UTF8.GetString(answer[AnswerBytes..]).Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>Whether an answer proves the key; in time that tells nothing of it.</summary>
    public static bool Proves(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> challenge, byte[] key) =>
        CryptographicOperations.FixedTimeEquals(
            answer.Slice(2 + TokenBytes, TokenBytes), Mac(challenge, TicketOf(answer), answer[AnswerBytes..], key));

    /// <summary>Reads exactly as many bytes and leaves what follows; null when the connection ends before.</summary>
    public static async Task<byte[]?> ReadAsync(PipeReader input, int count, CancellationToken cancellation)
    {
        var result = await input.ReadAtLeastAsync(count, cancellation).ConfigureAwait(false);
        if (result.Buffer.Length < count)
        {
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            return null;
        }
        var bytes = result.Buffer.Slice(0, count);
        var copy = bytes.ToArray();
        input.AdvanceTo(bytes.End);
        return copy;
    }

    /// <summary>Reads a program's answer; null when it is none.</summary>
    public static async Task<byte[]?> ReadAnswerAsync(PipeReader input, CancellationToken cancellation)
    {
        var head = await ReadAsync(input, AnswerBytes, cancellation).ConfigureAwait(false);
        var length = head is null ? 0 : BinaryPrimitives.ReadUInt16BigEndian(head);
        if (head is null || length is 0 or > MaxNameBytes)
        {
            return null;
        }
        var name = await ReadAsync(input, length, cancellation).ConfigureAwait(false);
        return name is null ? null : [.. head, .. name];
    }

    private static byte[] Mac(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> ticket, ReadOnlySpan<byte> name, byte[] key)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(challenge);
        mac.AppendData(ticket);
        mac.AppendData(name);
        return mac.GetHashAndReset();
    }
}
