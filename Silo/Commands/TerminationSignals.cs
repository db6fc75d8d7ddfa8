using System.Runtime.InteropServices;

namespace Camdiv.Silo.Commands;

/// <summary>Cancels on SIGINT and SIGTERM as long as there is no host that listens to them.</summary>
internal sealed class TerminationSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public TerminationSignals() =>
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }
            .Select(signal => PosixSignalRegistration.Create(signal, Take))];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
        _source.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
    }
}
