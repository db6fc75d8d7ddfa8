using Camdiv.Tests.Browser.Kit.Suites;
using Camdiv.Tests.Cluster.Systems;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>Strangers in two browsers meet on the node as <c>dotnet run --project Silo</c> starts it: alone, without Redis.</summary>
[Collection(Alone.Name)]
public sealed class SiloAloneMeetingTests() : MeetingSuite(new SilosAlone());
