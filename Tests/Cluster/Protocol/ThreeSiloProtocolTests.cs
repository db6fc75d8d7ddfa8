using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Cluster.Protocol;

/// <summary>The protocol's tests on Orleans' test cluster with three silos; each test's clients spread over all gateways.</summary>
public sealed class ThreeSiloTransportTests() : TransportSuite(new TestingHostSystems(3));

/// <inheritdoc cref="ThreeSiloTransportTests"/>
public sealed class ThreeSiloHelloTests() : HelloSuite(new TestingHostSystems(3));

/// <inheritdoc cref="ThreeSiloTransportTests"/>
public sealed class ThreeSiloSearchTests() : SearchSuite(new TestingHostSystems(3));

/// <inheritdoc cref="ThreeSiloTransportTests"/>
public sealed class ThreeSiloPreferenceTests() : PreferenceSuite(new TestingHostSystems(3));

/// <inheritdoc cref="ThreeSiloTransportTests"/>
public sealed class ThreeSiloMatchTests() : MatchSuite(new TestingHostSystems(3));

/// <inheritdoc cref="ThreeSiloTransportTests"/>
public sealed class ThreeSiloResumeTests() : ResumeSuite(new TestingHostSystems(3));

/// <inheritdoc cref="ThreeSiloTransportTests"/>
public sealed class ThreeSiloBlockReportTests() : BlockReportSuite(new TestingHostSystems(3));

/// <inheritdoc cref="ThreeSiloTransportTests"/>
public sealed class ThreeSiloLimitTests() : LimitSuite(new TestingHostSystems(3));

/// <inheritdoc cref="ThreeSiloTransportTests"/>
public sealed class ThreeSiloHttpTests() : HttpSuite(new TestingHostSystems(3));

/// <inheritdoc cref="ThreeSiloTransportTests"/>
public sealed class ThreeSiloVanishTests() : VanishSuite(new TestingHostSystems(3));
