namespace Camdiv.Matchmaking;

/// <summary>Used parts of a pool for the next ticket, bounded, so that steady traffic allocates little.</summary>
internal sealed class WaitingSpares
{
    private const int Most = 4_096;

    private readonly Stack<Waiting> _waiting = new();
    private readonly Stack<WaitingEntry> _entries = new();
    private readonly Stack<WaitingList> _lists = new();

    public Waiting TakeWaiting() => _waiting.TryPop(out var spare) ? spare : new Waiting();

    public WaitingEntry TakeEntry() => _entries.TryPop(out var spare) ? spare : new WaitingEntry();

    public WaitingList TakeList() => _lists.TryPop(out var spare) ? spare : new WaitingList();

    public void Give(Waiting waiting) => Give(_waiting, waiting);

    public void Give(WaitingEntry entry) => Give(_entries, entry);

    public void Give(WaitingList list) => Give(_lists, list);

    private static void Give<T>(Stack<T> stack, T part)
    {
        if (stack.Count < Most)
        {
            stack.Push(part);
        }
    }
}
