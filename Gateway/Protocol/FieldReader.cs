using System.Text.Json;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Protocol;

/// <summary>
/// Finds the named fields of one JSON object and reads them with exact complaints. Control messages are short and few,
/// so each field is read by its own walk from where it begins.
/// </summary>
internal readonly ref struct FieldReader
{
    private const int MaxFields = 4;

    private readonly ReadOnlySpan<byte> _frame;
    private readonly ReadOnlySpan<string> _names;
    private readonly Offsets _offsets;
    private readonly string? _twice;

    /// <summary>Walks the whole object once.</summary>
    /// <exception cref="JsonException">The frame is not exactly one JSON object.</exception>
    public FieldReader(ReadOnlySpan<byte> frame, params ReadOnlySpan<string> names)
    {
        _frame = frame;
        _names = names.ToArray();
        Offsets offsets = default;
        var reader = new Utf8JsonReader(frame);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            for (var i = 0; i < names.Length; i++)
            {
                if (reader.ValueTextEquals(names[i]))
                {
                    // The reader has consumed the colon with the name: the value begins here, never at 0.
                    _twice ??= offsets[i] > 0 ? names[i] : null;
                    offsets[i] = (int)reader.BytesConsumed;
                }
            }
            reader.Skip();
        }
        // Reads on past the object, so that anything behind it is found.
        reader.Read();
        _offsets = offsets;
    }

    /// <summary>A complaint about a field.</summary>
    public static FrameFault Bad(string name, string rule) => new(ErrorCodes.BadField, $"'{name}' {rule}.");

    public string? OptionalText(string name, int most, out FrameFault fault)
    {
        if (!TryFind(name, required: false, out var value, out fault))
        {
            return null;
        }
        return Text(name, ref value, 0, most, out fault);
    }

    public string? RequiredText(string name, int least, int most, out FrameFault fault)
    {
        if (!TryFind(name, required: true, out var value, out fault))
        {
            return null;
        }
        return Text(name, ref value, least, most, out fault);
    }

    // A text that cannot be a room's id names no room of anyone: late or wrong, but not malformed.
    public RoomId? RequiredRoom(out FrameFault fault) =>
        RequiredText("room", 0, int.MaxValue, out fault) is { } room
            ? new RoomId(RoomId.IsWellFormed(room) ? room : "")
            : null;

    public string? RequiredWord(string name, ReadOnlySpan<string> words, out FrameFault fault)
    {
        if (RequiredText(name, 0, int.MaxValue, out fault) is not { } text)
        {
            return null;
        }
        foreach (var word in words)
        {
            if (word == text)
            {
                return word;
            }
        }
        fault = Bad(name, $"must be one of {string.Join(", ", words.ToArray())}");
        return null;
    }

    public string? RequiredWord(string name, System.Collections.Immutable.ImmutableArray<string> words, out FrameFault fault) =>
        RequiredWord(name, words.AsSpan(), out fault);

    public double RequiredNumber(string name, out FrameFault fault)
    {
        if (!TryFind(name, required: true, out var value, out fault))
        {
            return 0;
        }
        if (value.TokenType != JsonTokenType.Number || !value.TryGetDouble(out var number) || number is not (>= 0 and <= double.MaxValue))
        {
            fault = Bad(name, "must be a number of at least 0");
            return 0;
        }
        return number;
    }

    public List<string>? OptionalTexts(string name, int most, out FrameFault fault)
    {
        if (!TryFind(name, required: false, out var value, out fault))
        {
            return null;
        }
        var texts = new List<string>();
        if (value.TokenType == JsonTokenType.StartArray)
        {
            while (value.Read() && value.TokenType == JsonTokenType.String && texts.Count < most)
            {
                texts.Add(value.GetString()!);
            }
            if (value.TokenType == JsonTokenType.EndArray)
            {
                return texts;
            }
        }
        fault = Bad(name, $"must be a list of at most {most} strings");
        return null;
    }

    private static string? Text(string name, ref Utf8JsonReader value, int least, int most, out FrameFault fault)
    {
        fault = default;
        if (value.TokenType != JsonTokenType.String)
        {
            fault = Bad(name, "must be a string");
            return null;
        }
        var text = value.GetString()!;
        if (text.Length < least || text.Length > most)
        {
            fault = Bad(name, most == int.MaxValue ? "must not be empty" : $"must have {least} to {most} characters");
            return null;
        }
        return text;
    }

    private bool TryFind(string name, bool required, out Utf8JsonReader value, out FrameFault fault)
    {
        value = default;
        fault = default;
        if (_twice is not null)
        {
            fault = new FrameFault(ErrorCodes.BadMessage, $"'{_twice}' is given twice.");
            return false;
        }
        var offset = _offsets[_names.IndexOf(name)];
        if (offset == 0)
        {
            fault = required ? Bad(name, "is missing") : default;
            return false;
        }
        // Not the final block: what follows the value closes objects that this reader never saw open.
        value = new Utf8JsonReader(_frame[offset..], isFinalBlock: false, default);
        value.Read();
        return true;
    }

    [System.Runtime.CompilerServices.InlineArray(MaxFields)]
    private struct Offsets
    {
        private int _first;
    }
}
