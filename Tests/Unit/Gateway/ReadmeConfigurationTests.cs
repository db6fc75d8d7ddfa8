using System.Reflection;
using System.Text.RegularExpressions;
using Camdiv.Gateway.Configuration;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Gateway;

/// <summary>The README's table names every key of the single process, and no key that is not there.</summary>
public sealed partial class ReadmeConfigurationTests
{
    private static readonly string[] Sections = ["Matchmaking", "Gateway", "Ice", "Session", "Storage"];

    [Fact]
    public void Every_key_is_in_the_table_and_none_else()
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        Collect(typeof(MatchmakingOptions), "Matchmaking", keys);
        Collect(typeof(GatewayOptions), "Gateway", keys);
        Collect(typeof(IceOptions), "Ice", keys);
        Collect(typeof(SessionTokenOptions), "Session", keys);
        Collect(typeof(StorageOptions), "Storage", keys);

        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var documented = Key().Matches(readme)
            .Select(match => match.Groups[1].Value)
            .Where(key => Sections.Contains(key[..key.IndexOf(':')]))
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(keys, documented.Order(StringComparer.Ordinal));
    }

    private static void Collect(Type options, string path, SortedSet<string> keys)
    {
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var type = property.PropertyType;
            var element = type.IsArray ? type.GetElementType()! : null;
            if (element is { IsClass: true } && element != typeof(string))
            {
                Collect(element, $"{path}:{property.Name}:N", keys);
            }
            else if (type.IsClass && type != typeof(string) && !type.IsArray)
            {
                Collect(type, $"{path}:{property.Name}", keys);
            }
            else
            {
                keys.Add($"{path}:{property.Name}");
            }
        }
    }

    // In a table's first cell only; prose may show longer forms.
    [GeneratedRegex(@"(?<=^\|[^|\n]*)`([A-Z][A-Za-z]+(?::[A-Za-z]+)+)`", RegexOptions.Multiline)]
    private static partial Regex Key();
}
