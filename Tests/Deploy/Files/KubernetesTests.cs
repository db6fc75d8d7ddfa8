using System.Globalization;
using System.Text.Json.Nodes;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>The Kubernetes manifests: what refers to something finds it, and no pod has rights it does not need.</summary>
public sealed class KubernetesTests
{
    private const string Base = "kubernetes/base";

    [Fact]
    public void Kustomize_builds_the_example()
    {
        // Debian's own kubectl carries a kustomize from before overlays by resources; only a newer one can tell.
        var kubectl = Tools.Find("kubectl");
        var version = kubectl is null ? "" : Run.ToEnd(kubectl, ["version", "--client"]).Text;
        Assert.SkipUnless(version.Contains("Kustomize Version: v5", StringComparison.Ordinal), "no kubectl with kustomize 5 (not in Debian)");
        var run = Run.ToEnd(kubectl!, ["kustomize", DeployFiles.Path("kubernetes/overlays/example")]);
        Assert.True(run.ExitCode == 0, run.Text);
        using var folder = new TemporaryFolder();
        var built = Path.Combine(folder.Path, "built.yaml");
        File.WriteAllText(built, run.Text);
        var objects = DeployFiles.YamlAt(built);
        Assert.All(
            objects.Where(one => Kind(one) != "Namespace"), one => Assert.Equal("camdiv", one["metadata"]!["namespace"]!.GetValue<string>()));
        Assert.All(
            objects.Where(one => Kind(one) == "Deployment").SelectMany(Containers),
            container => Assert.DoesNotMatch("^camdiv-node$|:latest$", container["image"]!.GetValue<string>()));
    }

    [Fact]
    public void Kustomization_names_every_manifest()
    {
        foreach (var folder in new[] { Base, "kubernetes/overlays/example" })
        {
            var listed = DeployFiles.Yaml($"{folder}/kustomization.yaml")[0]["resources"]!.AsArray().Select(name => name!.GetValue<string>()).ToList();
            Assert.All(listed, name => Assert.True(Path.Exists(DeployFiles.Path($"{folder}/{name}")), name));
            var files = DeployFiles.All.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal) && file.EndsWith(".yaml", StringComparison.Ordinal))
                .Select(Path.GetFileName).Where(file => file != "kustomization.yaml");
            Assert.All(files, file => Assert.Contains(file, listed));
        }
    }

    [Fact]
    public void Pods_have_no_rights_and_are_probed()
    {
        foreach (var deployment in Of("Deployment"))
        {
            var pod = deployment["spec"]!["template"]!["spec"]!;
            Assert.True(pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>());
            Assert.False(pod["automountServiceAccountToken"]!.GetValue<bool>());
            var labels = deployment["spec"]!["template"]!["metadata"]!["labels"]!;
            Assert.True(JsonNode.DeepEquals(labels, deployment["spec"]!["selector"]!["matchLabels"]));
            foreach (var container in Containers(deployment))
            {
                Assert.True(container["securityContext"]!["readOnlyRootFilesystem"]!.GetValue<bool>());
                Assert.False(container["securityContext"]!["allowPrivilegeEscalation"]!.GetValue<bool>());
                Assert.Equal("ALL", container["securityContext"]!["capabilities"]!["drop"]![0]!.GetValue<string>());
                var ports = container["ports"]!.AsArray().Select(port => port!["name"]!.GetValue<string>()).ToList();
                foreach (var probe in new[] { "readinessProbe", "livenessProbe" })
                {
                    var asked = container[probe]!["httpGet"]?["port"] ?? container[probe]!["tcpSocket"]!["port"];
                    Assert.Contains(asked!.GetValue<string>(), ports);
                }
            }
        }
    }

    [Fact]
    public void A_gateway_drains_within_its_grace()
    {
        var gateway = Of("Deployment").Single(deployment => Name(deployment) == "gateway");
        var pod = gateway["spec"]!["template"]!["spec"]!;
        var before = pod["containers"]![0]!["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!.GetValue<int>();
        const int ShutdownSeconds = 25;
        Assert.True(pod["terminationGracePeriodSeconds"]!.GetValue<int>() >= before + ShutdownSeconds + 5);
        Assert.Equal(0, gateway["spec"]!["strategy"]!["rollingUpdate"]!["maxUnavailable"]!.GetValue<int>());
    }

    [Fact]
    public void The_controller_names_clients_and_bounds_them()
    {
        var gateway = DeployFiles.Yaml($"{Base}/kustomization.yaml")[0]["configMapGenerator"]!.AsArray()
            .Single(map => map!["name"]!.GetValue<string>() == "camdiv-gateway")!["literals"]!.AsArray().Select(one => one!.GetValue<string>()).ToList();
        Assert.Contains("Gateway__ForwardedHops=1", gateway);
        const string Prefix = "nginx.ingress.kubernetes.io/";
        var annotations = Of("Ingress").Single()["metadata"]!["annotations"]!.AsObject();
        Assert.All(["limit-connections", "limit-rps"], bound => Assert.True(
            int.Parse(annotations[Prefix + bound]!.GetValue<string>(), CultureInfo.InvariantCulture) > 0));
        // With a snippet or this, what a client says of itself would go through.
        Assert.DoesNotContain(annotations, one => one.Key.Contains("snippet", StringComparison.Ordinal) || one.Key.Contains("forwarded", StringComparison.Ordinal));
        var admitted = Of("NetworkPolicy").Single(policy => Name(policy) == "browsers")["spec"]!["ingress"]!.AsArray();
        Assert.Equal(
            "ingress-nginx",
            admitted.Single()!["from"]!.AsArray().Single()!["namespaceSelector"]!["matchLabels"]!["kubernetes.io/metadata.name"]!.GetValue<string>());
    }

    [Fact]
    public void What_is_referred_to_exists()
    {
        var deployments = Of("Deployment").ToDictionary(Name);
        bool Selects(JsonNode? labels) => deployments.Values.Any(deployment => labels!.AsObject().All(label =>
            deployment["spec"]!["template"]!["metadata"]!["labels"]![label.Key]?.GetValue<string>() == label.Value!.GetValue<string>()));

        foreach (var service in Of("Service"))
        {
            Assert.True(Selects(service["spec"]!["selector"]), Name(service));
            var ports = Containers(deployments[Name(service)]).SelectMany(c => c["ports"]!.AsArray()).Select(port => port!["name"]!.GetValue<string>());
            Assert.All(service["spec"]!["ports"]!.AsArray(), port => Assert.Contains(port!["targetPort"]!.GetValue<string>(), ports));
        }
        Assert.All(Of("PodDisruptionBudget"), budget => Assert.True(Selects(budget["spec"]!["selector"]!["matchLabels"])));
        Assert.All(
            Of("NetworkPolicy").Select(policy => policy["spec"]!["podSelector"]!["matchLabels"]).OfType<JsonObject>(),
            labels => Assert.True(Selects(labels)));
        var scaled = Assert.Single(Of("HorizontalPodAutoscaler"))["spec"]!;
        Assert.Contains(scaled["scaleTargetRef"]!["name"]!.GetValue<string>(), deployments.Keys);
        var backend = Of("Ingress").Single()["spec"]!["rules"]![0]!["http"]!["paths"]![0]!["backend"]!["service"]!;
        Assert.Contains(Of("Service"), service => Name(service) == backend["name"]!.GetValue<string>());
        var adapted = DeployFiles.Text("kubernetes/prometheus-adapter.values.yaml");
        Assert.Contains($"as: {scaled["metrics"]![0]!["external"]!["metric"]!["name"]}", adapted, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_and_secrets_are_where_they_are_looked_for()
    {
        var generated = DeployFiles.Yaml($"{Base}/kustomization.yaml")[0]["configMapGenerator"]!.AsArray()
            .Select(map => map!["name"]!.GetValue<string>()).ToList();
        var documented = DeployFiles.Text("kubernetes/overlays/example/secrets.example");
        foreach (var container in Of("Deployment").SelectMany(Containers))
        {
            foreach (var from in container["envFrom"]?.AsArray() ?? [])
            {
                if (from!["configMapRef"] is { } map)
                {
                    Assert.Contains(map["name"]!.GetValue<string>(), generated);
                }
                else
                {
                    Assert.Contains($"generic {from["secretRef"]!["name"]}", documented, StringComparison.Ordinal);
                }
            }
            foreach (var variable in (container["env"]?.AsArray() ?? []).Select(v => v!["valueFrom"]?["secretKeyRef"]).OfType<JsonNode>())
            {
                Assert.Contains($"generic {variable["name"]}", documented, StringComparison.Ordinal);
                Assert.Contains($"--from-literal={variable["key"]}=", documented, StringComparison.Ordinal);
            }
        }
        var made = DeployFiles.Yaml("kubernetes/overlays/example/certificates.yaml")
            .Where(one => Kind(one) == "Certificate")
            .Select(one => one["spec"]!["secretName"]!.GetValue<string>())
            .ToList();
        foreach (var volume in Of("Deployment").SelectMany(one => one["spec"]!["template"]!["spec"]!["volumes"]!.AsArray()))
        {
            if (volume!["secret"]?["secretName"]?.GetValue<string>() is { } secret)
            {
                Assert.Contains(secret, made);
            }
        }
        Assert.Empty(Of("Secret"));
    }

    [Fact]
    public void Nodes_and_Redis_talk_by_TLS()
    {
        foreach (var deployment in Of("Deployment").Where(one => Name(one) != "redis"))
        {
            var variables = Containers(deployment).Single()["env"]!.AsArray().Select(v => v!["name"]!.GetValue<string>()).ToList();
            Assert.Empty(Samples.TlsKeys.Except(variables));
        }
        var redis = string.Join(' ', Containers(Of("Deployment").Single(one => Name(one) == "redis")).Single()["command"]!.AsArray());
        Assert.Contains("requirepass", redis, StringComparison.Ordinal);
        Assert.Contains("--port 0 --tls-port 6379", redis, StringComparison.Ordinal);
        Assert.Contains("ssl=true,password=", DeployFiles.Text("kubernetes/overlays/example/secrets.example"), StringComparison.Ordinal);
    }

    private static IEnumerable<JsonNode> Of(string kind) => DeployFiles.All
        .Where(file => file.StartsWith(Base, StringComparison.Ordinal) && file.EndsWith(".yaml", StringComparison.Ordinal))
        .SelectMany(DeployFiles.Yaml)
        .Where(one => Kind(one) == kind);

    private static IEnumerable<JsonNode> Containers(JsonNode deployment) =>
        deployment["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(container => container!);

    private static string Kind(JsonNode one) => one["kind"]!.GetValue<string>();

    private static string Name(JsonNode one) => one["metadata"]!["name"]!.GetValue<string>();
}
