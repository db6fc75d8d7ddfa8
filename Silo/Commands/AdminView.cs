using System.Text.Json.Nodes;

namespace Camdiv.Silo.Commands;

/// <summary>An answer, as a table for people and as JSON for programs.</summary>
/// <param name="Columns">Headings; one that ends in a space is aligned to the left, the others to the right.</param>
/// <param name="Rows">Cells by row.</param>
/// <param name="Notes">Sentences below the table.</param>
/// <param name="Json">The same for programs.</param>
internal sealed record AdminView(string[] Columns, IReadOnlyList<string[]> Rows, IReadOnlyList<string> Notes, JsonNode Json)
{
    public async Task WriteAsync(TextWriter output, bool json)
    {
        if (json)
        {
            await output.WriteLineAsync(Json.ToJsonString(new() { WriteIndented = true }));
            return;
        }
        if (Columns.Length > 0)
        {
            var widths = Columns.Select((column, i) =>
                Rows.Select(row => row[i].Length).Append(column.Trim().Length).Max()).ToArray();
            await output.WriteLineAsync(Line([.. Columns.Select(column => column.Trim())], widths));
            foreach (var row in Rows)
            {
                await output.WriteLineAsync(Line(row, widths));
            }
        }
        foreach (var note in Notes)
        {
            await output.WriteLineAsync(note);
        }
    }

    private string Line(string[] cells, int[] widths) => string.Join("  ", cells.Select((cell, i) =>
        Columns[i].EndsWith(' ') ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd();
}
