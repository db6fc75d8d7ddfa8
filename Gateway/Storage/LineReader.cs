namespace Camdiv.Gateway.Storage;

/// <summary>Reads a stream line by line, as bytes, and knows where each line stands.</summary>
internal sealed class LineReader(Stream stream)
{
    // Longer than any record: a file of another kind must not be read into memory whole in search of a line break.
    private const int MaxLine = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Where the next line begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Reads the next line that ends in a line break.</summary>
    /// <param name="line">The line without it; good until the next call.</param>
    /// <returns>False at the end. <see cref="Offset"/> then is the end of the last whole line.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                length += searched;
                line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                Offset += length + 1;
                return true;
            }
            searched = _end - _start;
            if (searched > MaxLine || !Fill())
            {
                line = default;
                return false;
            }
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
