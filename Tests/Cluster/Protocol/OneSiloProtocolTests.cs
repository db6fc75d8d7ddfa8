using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Cluster.Protocol;

/// <summary>The protocol's tests on Orleans' test cluster with one silo.</summary>
public sealed class OneSiloTransportTests() : TransportSuite(new TestingHostSystems(1));

/// <inheritdoc cref="OneSiloTransportTests"/>
public sealed class OneSiloHelloTests() : HelloSuite(new TestingHostSystems(1));

/// <inheritdoc cref="OneSiloTransportTests"/>
public sealed class OneSiloSearchTests() : SearchSuite(new TestingHostSystems(1));

/// <inheritdoc cref="OneSiloTransportTests"/>
public sealed class OneSiloPreferenceTests() : PreferenceSuite(new TestingHostSystems(1));

/// <inheritdoc cref="OneSiloTransportTests"/>
public sealed class OneSiloMatchTests() : MatchSuite(new TestingHostSystems(1));

/// <inheritdoc cref="OneSiloTransportTests"/>
public sealed class OneSiloResumeTests() : ResumeSuite(new TestingHostSystems(1));

/// <inheritdoc cref="OneSiloTransportTests"/>
public sealed class OneSiloBlockReportTests() : BlockReportSuite(new TestingHostSystems(1));

/// <inheritdoc cref="OneSiloTransportTests"/>
public sealed class OneSiloLimitTests() : LimitSuite(new TestingHostSystems(1));

/// <inheritdoc cref="OneSiloTransportTests"/>
public sealed class OneSiloHttpTests() : HttpSuite(new TestingHostSystems(1));

/// <inheritdoc cref="OneSiloTransportTests"/>
public sealed class OneSiloVanishTests() : VanishSuite(new TestingHostSystems(1));
