using System.Runtime.InteropServices;

namespace Camdiv.Tests.Load.Io;

/// <summary>
/// The few system calls of an epoll loop. The framework's sockets would do, at the price of a thread-pool hop or of
/// callbacks on its own threads; a load tester that shares two cores with the server must cost less than the server.
/// </summary>
internal static unsafe partial class Native
{
    public const int Again = 11;
    public const int InProgress = 115;
    public const int Interrupted = 4;
    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const int Add = 1;
    public const int Modify = 3;

    public const int Inet = 2;
    public const int Inet6 = 10;
    public const int StreamNonBlockingCloseOnExec = 1 | 0x800 | 0x80000;
    public const int LevelSocket = 1;
    public const int OptionError = 4;
    public const int OptionLinger = 13;
    public const int LevelTcp = 6;
    public const int TcpNoDelay = 1;
    public const int LevelIp = 0;
    public const int BindAddressNoPort = 24;
    public const int ThreadCpuTime = 3;
    public const int NoSignal = 0x4000;

    /// <summary>The kernel packs its event structure on x86 only.</summary>
    public static readonly int EventBytes = Packed ? 12 : 16;

    /// <summary>Where an event's data begins.</summary>
    public static readonly int EventData = Packed ? 4 : 8;

    private static bool Packed => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int most, long* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int descriptor, int level, int option, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockGetTime(int clock, long* time);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);
}
