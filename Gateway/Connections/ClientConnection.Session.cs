using Camdiv.Gateway.Protocol;
using Camdiv.Gateway.Sessions;

namespace Camdiv.Gateway.Connections;

/// <content>A living line keeps its session alive, up to the identity's longest life.</content>
internal sealed partial class ClientConnection
{
    private SessionToken _token;

    // In Unix seconds; 0 before hello, and while a renewal is under way.
    private long _renewAt;

    private void KeepSession(SessionToken token)
    {
        _token = token;
        // At half of its life there is as much left for a client that is about to lose its line.
        var now = _services.Tokens.Now;
        var last = token.ExpiresAt >= _services.Tokens.EndOf(token);
        Volatile.Write(ref _renewAt, last ? token.ExpiresAt : now + ((token.ExpiresAt - now) / 2));
    }

    // Called by the one timer of all connections, so that none needs its own.
    private void RenewSession()
    {
        var due = Volatile.Read(ref _renewAt);
        var now = _services.Tokens.Now;
        if (due == 0 || now < due || Interlocked.CompareExchange(ref _renewAt, 0, due) != due)
        {
            return;
        }
        if (now >= _services.Tokens.EndOf(_token))
        {
            Volatile.Read(ref _user)?.Stop();
            _outbound.Close(new CloseCause(CloseCodes.SessionOver, "this identity has reached its longest life"));
            return;
        }
        var next = _services.Tokens.Renew(_token);
        if (_outbound.Send(MessageWriter.Session(_services.Tokens.Write(next))))
        {
            KeepSession(next);
        }
    }
}
