using System.Globalization;
using System.Reflection;

namespace Camdiv.Gateway.Configuration;

/// <summary>
/// Fills an options object from a configuration section. Unlike the framework's binder it goes on after a mistake, lets
/// a configured list replace the default one instead of growing it, and tells of keys that nothing reads.
/// </summary>
internal static class SectionReader
{
    public static void Fill(object target, IConfigurationSection section, List<string> problems, List<string> warnings)
    {
        var properties = target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite || IsNested(p.PropertyType))
            .ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        if (section.Value is { Length: > 0 })
        {
            problems.Add($"{section.Path}: must be a section, not a value");
        }
        foreach (var child in section.GetChildren())
        {
            if (!properties.TryGetValue(child.Key, out var property))
            {
                warnings.Add($"{child.Path}: nothing reads this key");
            }
            else if (IsNested(property.PropertyType))
            {
                Fill(property.GetValue(target)!, child, problems, warnings);
            }
            else if (ReadValue(property.PropertyType, child, problems, warnings) is { } value)
            {
                property.SetValue(target, value);
            }
        }
    }

    private static bool IsNested(Type type) => type is { IsClass: true, IsArray: false } && type != typeof(string);

    private static object? ReadValue(
        Type type, IConfigurationSection section, List<string> problems, List<string> warnings)
    {
        if (type.IsArray)
        {
            return ReadArray(type.GetElementType()!, section, problems, warnings);
        }
        if (IsNested(type))
        {
            var nested = Activator.CreateInstance(type)!;
            Fill(nested, section, problems, warnings);
            return nested;
        }
        if (section.GetChildren().Any())
        {
            problems.Add($"{section.Path}: must be a single value, not a section");
            return null;
        }
        var scalar = Nullable.GetUnderlyingType(type) ?? type;
        var text = section.Value ?? "";
        // An empty value is how an environment unsets a number or a switch; for a text it is the empty text.
        if (text.Length == 0 && scalar != typeof(string))
        {
            return null;
        }
        if (TryParse(scalar, text, out var value))
        {
            return value;
        }
        problems.Add($"{section.Path}: must be {Describe(scalar)}");
        return null;
    }

    private static Array? ReadArray(
        Type element, IConfigurationSection section, List<string> problems, List<string> warnings)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0 && section.Value is { Length: > 0 })
        {
            problems.Add($"{section.Path}: must be a list ({section.Path}:0, {section.Path}:1, …)");
            return null;
        }
        var values = children
            .Select(child => ReadValue(element, child, problems, warnings))
            .Where(value => value is not null)
            .ToList();
        var array = Array.CreateInstance(element, values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            array.SetValue(values[i], i);
        }
        return array;
    }

    private static bool TryParse(Type type, string text, out object? value)
    {
        value = null;
        if (type == typeof(string))
        {
            value = text;
        }
        else if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i))
        {
            value = i;
        }
        else if (type == typeof(long) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l))
        {
            value = l;
        }
        else if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d)
            && double.IsFinite(d))
        {
            value = d;
        }
        else if (type == typeof(bool) && bool.TryParse(text, out var b))
        {
            value = b;
        }
        else if (type.IsEnum && NameOf(type, text) is { } name)
        {
            value = Enum.Parse(type, name);
        }
        return value is not null;
    }

    // By name only: the numbers behind the names mean nothing to a reader.
    private static string? NameOf(Type type, string text) =>
        Enum.GetNames(type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));

    private static string Describe(Type type)
    {
        if (type == typeof(bool))
        {
            return "true or false";
        }
        if (type.IsEnum)
        {
            return string.Join(" or ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()));
        }
        return type == typeof(double) ? "a number" : "a whole number";
    }
}
