namespace Camdiv.Grains;

/// <summary>How a call of <see cref="IClusterAdminGrain"/> says whose it is.</summary>
public static class AdminTicket
{
    /// <summary>
    /// Key in the request context. Its value is a text that only the caller and the silo it is connected to know: the
    /// caller drew it, and gave it when the silo let it in at its client port.
    /// </summary>
    public const string Key = "camdiv.admin.ticket";
}
