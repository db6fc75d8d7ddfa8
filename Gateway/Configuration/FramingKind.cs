namespace Camdiv.Gateway.Configuration;

/// <summary>Which code speaks RFC 6455 to browsers.</summary>
public enum FramingKind
{
    /// <summary>This gateway's, straight on the transport: about half of the CPU and memory.</summary>
    Own,

    /// <summary>The framework's.</summary>
    Framework,
}
