namespace Camdiv.Tests.Browser.Kit;

/// <summary>A system whose signaling server can be killed and started again at the same address.</summary>
public interface IRestartable
{
    /// <summary>Kills it with signal 9, once its storage names <paramref name="id"/> where it keeps such things.</summary>
    Task KillAsync(string id);

    /// <summary>Ends it in good order, as for an update.</summary>
    Task StopAsync();

    /// <summary>Starts it again with the same settings and data.</summary>
    Task RestartAsync();
}
