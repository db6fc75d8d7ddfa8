using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Cluster.Protocol;

/// <summary>The protocol's tests on Orleans' test cluster with three silos; each test's clients spread over all gateways.</summary>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloTransportTests(ThreeSiloSystems systems) : TransportSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloHelloTests(ThreeSiloSystems systems) : HelloSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloSessionTests(ThreeSiloSystems systems) : SessionSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloSearchTests(ThreeSiloSystems systems) : SearchSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloPreferenceTests(ThreeSiloSystems systems) : PreferenceSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloMatchTests(ThreeSiloSystems systems) : MatchSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloResumeTests(ThreeSiloSystems systems) : ResumeSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloBlockReportTests(ThreeSiloSystems systems) : BlockReportSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloLimitTests(ThreeSiloSystems systems) : LimitSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloWireLimitTests(ThreeSiloSystems systems) : WireLimitSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloHttpTests(ThreeSiloSystems systems) : HttpSuite(systems);

/// <inheritdoc cref="ThreeSiloTransportTests"/>
[Collection(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloVanishTests(ThreeSiloSystems systems) : VanishSuite(systems);
