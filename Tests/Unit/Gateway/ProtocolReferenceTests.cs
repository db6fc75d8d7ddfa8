using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Camdiv.Gateway.Protocol;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Gateway;

/// <summary>The published reference names exactly the codes, words and messages that the code has.</summary>
public sealed partial class ProtocolReferenceTests
{
    private static readonly string Reference = File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol.md"));

    [Fact]
    public void Error_codes_are_those_of_the_code() =>
        Assert.Equal(Constants<string>(typeof(ErrorCodes)), FirstColumn("code").Order(StringComparer.Ordinal));

    [Fact]
    public void Close_codes_are_those_of_the_code() =>
        Assert.Equal(
            Constants<int>(typeof(CloseCodes)).Where(code => code != CloseCodes.Normal),
            FirstColumn("close").Select(code => int.Parse(code, CultureInfo.InvariantCulture)).Order());

    [Fact]
    public void Words_of_enumerations_are_all_named()
    {
        foreach (var word in ProtocolWords.Chats.Concat(ProtocolWords.States).Concat(ProtocolWords.LeaveReasons))
        {
            Assert.Contains($"`{word}`", Reference);
        }
    }

    [Fact]
    public void Server_messages_have_the_documented_fields()
    {
        var documented = Rows("message").Where(row => row.Count == 3 && row[0] is not ("hello" or "start" or "stop" or "ack"))
            .ToLookup(row => row[0].Trim('`'), row => Fields(row[1]));
        foreach (var (type, record) in new (string, Type)[]
        {
            ("welcome", typeof(WelcomeJson)),
            ("searching", typeof(SearchingJson)),
            ("matched", typeof(MatchedJson)),
            ("peer-left", typeof(PeerLeftJson)),
            ("peer-away", typeof(RoomJson)),
            ("peer-back", typeof(RoomJson)),
            ("session", typeof(SessionJson)),
            ("reported", typeof(ReportedJson)),
            ("draining", typeof(DrainingJson)),
            ("error", typeof(ErrorJson)),
        })
        {
            var sent = record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(property => char.ToLowerInvariant(property.Name[0]) + property.Name[1..])
                .Where(name => name != "type")
                .Order(StringComparer.Ordinal);
            Assert.Equal(sent, documented[type].Single().Order(StringComparer.Ordinal));
        }
    }

    private static IEnumerable<T> Constants<T>(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (T)field.GetRawConstantValue()!)
            .Order();

    private static IEnumerable<string> FirstColumn(string heading) =>
        Rows(heading).Select(row => row[0].Trim('`'));

    // Rows of every table whose first heading is the given word.
    private static List<List<string>> Rows(string heading)
    {
        var rows = new List<List<string>>();
        var inside = false;
        foreach (var line in Reference.Split('\n'))
        {
            if (!line.StartsWith('|'))
            {
                inside = false;
                continue;
            }
            var cells = line.Trim('|', '\r').Split('|').Select(cell => cell.Trim()).ToList();
            if (cells[0] == heading)
            {
                inside = true;
            }
            else if (inside && !cells[0].StartsWith("---", StringComparison.Ordinal))
            {
                rows.Add(cells);
            }
        }
        return rows;
    }

    private static IEnumerable<string> Fields(string cell) => FieldName().Matches(cell).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([a-zA-Z]+)\\??`")]
    private static partial Regex FieldName();
}
