using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary>Opens sockets in the network namespace of another process (setns(2)); root may.</summary>
internal static class OwnNetwork
{
    private const int Network = 0x40000000;

    /// <summary>Begins a task in the namespace. What it opens before it first waits belongs there for good.</summary>
    /// <param name="process">A process that runs in the namespace.</param>
    /// <param name="begin">Begins the task.</param>
    public static async Task<T> WithinAsync<T>(int process, Func<Task<T>> begin)
    {
        var begun = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        // The namespace is the thread's, so the thread must not go back to a pool.
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/proc/{process}/ns/net");
                if (SetNamespace((int)handle.DangerousGetHandle(), Network) != 0)
                {
                    throw new Win32Exception(Marshal.GetLastPInvokeError());
                }
                begun.SetResult(begin());
            }
            catch (Exception failure)
            {
                begun.SetException(failure);
            }
        });
        thread.IsBackground = true;
        thread.Start();
        return await await begun.Task;
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int descriptor, int kind);
}
