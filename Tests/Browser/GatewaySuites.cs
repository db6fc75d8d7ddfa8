using Camdiv.Tests.Browser.Kit.Suites;

namespace Camdiv.Tests.Browser;

/// <summary>The end-to-end tests on one gateway with the embedded engine.</summary>
public sealed class GatewayMeetingTests() : MeetingSuite(new Gateways());

/// <inheritdoc cref="GatewayMeetingTests"/>
public sealed class GatewayRelayTests() : RelaySuite(new Gateways());

/// <inheritdoc cref="GatewayMeetingTests"/>
public sealed class GatewayChatTypesTests() : ChatTypesSuite(new Gateways());

/// <inheritdoc cref="GatewayMeetingTests"/>
public sealed class GatewayScreenTests() : ScreenSuite(new Gateways());

/// <inheritdoc cref="GatewayMeetingTests"/>
public sealed class GatewayLossTests() : ServerLossSuite(new Gateways());

/// <inheritdoc cref="GatewayMeetingTests"/>
public sealed class GatewayIceTests() : IceSuite(new Gateways());

/// <inheritdoc cref="GatewayMeetingTests"/>
public sealed class GatewayIdentityTests() : IdentitySuite(new Gateways());

/// <inheritdoc cref="GatewayMeetingTests"/>
public sealed class GatewayHonestyTests() : HonestySuite(new Gateways());

/// <inheritdoc cref="GatewayMeetingTests"/>
public sealed class GatewayLooksTests() : LooksSuite(new Gateways());

/// <inheritdoc cref="GatewayMeetingTests"/>
[Collection(Alone)]
public sealed class GatewayFirstFrameTests(ITestOutputHelper output) : FirstFrameSuite(new Gateways(), output)
{
    /// <summary>Tests that measure, with nothing beside them.</summary>
    public const string Alone = "alone";
}

/// <summary>Declares <see cref="GatewayFirstFrameTests.Alone"/>.</summary>
[CollectionDefinition(GatewayFirstFrameTests.Alone, DisableParallelization = true)]
public sealed class AloneCollection;
