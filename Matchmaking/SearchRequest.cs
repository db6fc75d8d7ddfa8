using System.Collections.Immutable;

namespace Camdiv.Matchmaking;

/// <summary>
/// What a user looks for, normalized: interests trimmed, lower-cased and without duplicates; languages reduced to their
/// lower-case primary subtag (RFC 5646, section 2.2.1). Build one with <see cref="TryCreate"/>.
/// </summary>
public sealed record SearchRequest
{
    /// <summary>Most interests a request may name.</summary>
    public const int MaxInterests = 10;

    /// <summary>Longest interest, in UTF-16 code units after trimming.</summary>
    public const int MaxInterestLength = 32;

    /// <summary>Most languages a request may name.</summary>
    public const int MaxLanguages = 5;

    /// <summary>Longest language tag, in characters (RFC 5646, section 4.4.1).</summary>
    public const int MaxLanguageTagLength = 35;

    private SearchRequest(ChatType chat, ImmutableArray<string> interests, ImmutableArray<string> languages)
    {
        Chat = chat;
        Interests = interests;
        Languages = languages;
    }

    /// <summary>The chat type.</summary>
    public ChatType Chat { get; }

    /// <summary>Normalized interests, at most <see cref="MaxInterests"/>.</summary>
    public ImmutableArray<string> Interests { get; }

    /// <summary>Primary language subtags, at most <see cref="MaxLanguages"/>.</summary>
    public ImmutableArray<string> Languages { get; }

    /// <summary>Validates and normalizes.</summary>
    /// <param name="chat">The chat type.</param>
    /// <param name="interests">Raw interests, or null for none.</param>
    /// <param name="languages">Raw BCP 47 tags, or null for none.</param>
    /// <param name="request">The request when valid.</param>
    /// <param name="badField">The name of the field at fault when not.</param>
    public static bool TryCreate(
        ChatType chat,
        IReadOnlyList<string>? interests,
        IReadOnlyList<string>? languages,
        out SearchRequest request,
        out string badField)
    {
        request = new SearchRequest(chat, [], []);
        badField = "interests";
        if (!TryNormalize(interests, MaxInterests, NormalizeInterest, out var normalInterests))
        {
            return false;
        }
        badField = "languages";
        if (!TryNormalize(languages, MaxLanguages, PrimarySubtag, out var normalLanguages))
        {
            return false;
        }
        badField = "";
        request = new SearchRequest(chat, normalInterests, normalLanguages);
        return true;
    }

    /// <summary>Rebuilds a request from the parts of another one, which are normalized already.</summary>
    public static SearchRequest FromNormalized(
        ChatType chat, ImmutableArray<string> interests, ImmutableArray<string> languages) =>
        new(chat, interests, languages);

    /// <summary>A request for anyone.</summary>
    public static SearchRequest ForAnyone(ChatType chat) => new(chat, [], []);

    /// <summary>Interests named by both, in the order of <paramref name="first"/>.</summary>
    public static ImmutableArray<string> Common(ImmutableArray<string> first, ImmutableArray<string> second)
    {
        ImmutableArray<string>.Builder? common = null;
        foreach (var interest in first)
        {
            if (second.Contains(interest, StringComparer.Ordinal))
            {
                (common ??= ImmutableArray.CreateBuilder<string>()).Add(interest);
            }
        }
        return common is null ? [] : common.ToImmutable();
    }

    private static bool TryNormalize(
        IReadOnlyList<string>? raw, int most, Func<string, string?> normalize, out ImmutableArray<string> normal)
    {
        normal = [];
        if (raw is null || raw.Count == 0)
        {
            return true;
        }
        if (raw.Count > most)
        {
            return false;
        }
        var builder = ImmutableArray.CreateBuilder<string>(raw.Count);
        foreach (var text in raw)
        {
            if (normalize(text) is not { } value)
            {
                return false;
            }
            if (!builder.Contains(value))
            {
                builder.Add(value);
            }
        }
        normal = builder.ToImmutable();
        return true;
    }

    private static string? NormalizeInterest(string text)
    {
        var trimmed = text.Trim();
        return trimmed.Length is 0 or > MaxInterestLength ? null : trimmed.ToLowerInvariant();
    }

    private static string? PrimarySubtag(string tag)
    {
        var end = tag.IndexOf('-');
        var primary = end < 0 ? tag.AsSpan() : tag.AsSpan(0, end);
        if (tag.Length > MaxLanguageTagLength || primary.Length is < 1 or > 8)
        {
            return null;
        }
        // One-letter primaries are the grandfathered "i-" and private "x-" tags, which need a second subtag.
        if (primary.Length == 1 && (end < 0 || (primary[0] | 0x20) is not ('i' or 'x')))
        {
            return null;
        }
        foreach (var c in primary)
        {
            if (!char.IsAsciiLetter(c))
            {
                return null;
            }
        }
        for (var rest = end; rest >= 0;)
        {
            var next = tag.IndexOf('-', rest + 1);
            var subtag = next < 0 ? tag.AsSpan(rest + 1) : tag.AsSpan(rest + 1, next - rest - 1);
            if (subtag.Length is < 1 or > 8)
            {
                return null;
            }
            foreach (var c in subtag)
            {
                if (!char.IsAsciiLetterOrDigit(c))
                {
                    return null;
                }
            }
            rest = next;
        }
        return primary.ToString().ToLowerInvariant();
    }
}
