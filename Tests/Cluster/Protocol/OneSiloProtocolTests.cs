using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Cluster.Protocol;

/// <summary>The protocol's tests on Orleans' test cluster with one silo.</summary>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloTransportTests(OneSiloSystems systems) : TransportSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloHelloTests(OneSiloSystems systems) : HelloSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloSessionTests(OneSiloSystems systems) : SessionSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloSearchTests(OneSiloSystems systems) : SearchSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloPreferenceTests(OneSiloSystems systems) : PreferenceSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloMatchTests(OneSiloSystems systems) : MatchSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloResumeTests(OneSiloSystems systems) : ResumeSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloBlockReportTests(OneSiloSystems systems) : BlockReportSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloLimitTests(OneSiloSystems systems) : LimitSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloWireLimitTests(OneSiloSystems systems) : WireLimitSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloHttpTests(OneSiloSystems systems) : HttpSuite(systems);

/// <inheritdoc cref="OneSiloTransportTests"/>
[Collection(OneSiloSystems.Collection)]
public sealed class OneSiloVanishTests(OneSiloSystems systems) : VanishSuite(systems);
