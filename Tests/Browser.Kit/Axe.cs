using Camdiv.Tests.Kit;
using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>axe-core, the accessibility checker, as <c>npm ci</c> puts it below <c>Tests/Client</c>.</summary>
public static class Axe
{
    private static readonly string Script =
        Path.Combine(Repository.Root, "Tests", "Client", "node_modules", "axe-core", "axe.min.js");

    /// <summary>Skips the test where axe-core was not fetched.</summary>
    public static void Require() =>
        Tools.RequirePath(File.Exists(Script) ? Script : null, "axe-core is not there; run npm ci in Tests/Client");

    /// <summary>What a page, as it is now, does to people who use it otherwise. The page's policy must be bypassed.</summary>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.AddScriptTagAsync(new PageAddScriptTagOptions { Path = Script });
        }
        return await page.EvaluateAsync<string[]>("""
            async () => {
              const { violations } = await axe.run(document, { resultTypes: ['violations'] });
              return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
                `${id} at ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`));
            }
            """);
    }
}
