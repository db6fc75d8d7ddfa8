using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Gateway.Protocol;

/// <summary>The protocol's tests on one gateway with the embedded engine.</summary>
public sealed class EmbeddedTransportTests() : TransportSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedHelloTests() : HelloSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedSessionTests() : SessionSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedSearchTests() : SearchSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedPreferenceTests() : PreferenceSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedMatchTests() : MatchSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedResumeTests() : ResumeSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedBlockReportTests() : BlockReportSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedLimitTests() : LimitSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedWireLimitTests() : WireLimitSuite(new EmbeddedSystems());

/// <summary>The same bounds where the framework speaks RFC 6455.</summary>
public sealed class FrameworkWireLimitTests() : WireLimitSuite(new EmbeddedSystems("framework"));

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedHttpTests() : HttpSuite(new EmbeddedSystems());

/// <inheritdoc cref="EmbeddedTransportTests"/>
public sealed class EmbeddedVanishTests() : VanishSuite(new EmbeddedSystems());
