using Camdiv.Tests.Browser.Kit.Suites;

namespace Camdiv.Tests.Cluster.Deploy;

/// <summary>Strangers in two browsers meet through HAProxy on the cluster of deploy/local/cluster.</summary>
[Collection(Alone.Name)]
public sealed class LocalClusterMeetingTests() : MeetingSuite(new LocalClusters());
