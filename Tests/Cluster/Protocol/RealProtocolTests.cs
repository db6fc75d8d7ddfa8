using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Cluster.Protocol;

/// <summary>
/// The protocol's tests on real processes: two matchmakers, two gateways and Redis; each test's clients spread over both
/// gateways.
/// </summary>
[Collection(RealSystems.Collection)]
public sealed class RealTransportTests(RealSystems systems) : TransportSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealHelloTests(RealSystems systems) : HelloSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealSessionTests(RealSystems systems) : SessionSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealSearchTests(RealSystems systems) : SearchSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealPreferenceTests(RealSystems systems) : PreferenceSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealMatchTests(RealSystems systems) : MatchSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealResumeTests(RealSystems systems) : ResumeSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealBlockReportTests(RealSystems systems) : BlockReportSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealLimitTests(RealSystems systems) : LimitSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealWireLimitTests(RealSystems systems) : WireLimitSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealHttpTests(RealSystems systems) : HttpSuite(systems);

/// <inheritdoc cref="RealTransportTests"/>
[Collection(RealSystems.Collection)]
public sealed class RealVanishTests(RealSystems systems) : VanishSuite(systems);
