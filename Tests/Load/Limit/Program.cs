using System.Net.WebSockets;
using Camdiv.Tests.Limit;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

// As in the gateway: completions run on the threads that wait for them, without a hop through the thread pool.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var app = builder.Build();
app.UseWebSockets();

var pairing = new Pairing();
app.Map("/ws", async (HttpContext context) =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }
    using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.FromSeconds(15) });
    try
    {
        await new Wire(socket, pairing).RunAsync();
    }
    catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
    {
        // The client is gone; so is its end of the wire.
    }
});
await app.RunAsync();
