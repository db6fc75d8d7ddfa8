using Camdiv.Gateway.Storage;

namespace Camdiv.Tests.Unit.Gateway.Storage;

/// <summary>A disk that fails when told to.</summary>
internal sealed class FailingDisk : JournalDisk
{
    /// <summary>Writes take this many bytes and then fail.</summary>
    public int? FailAfterBytes { get; set; }

    /// <summary>Files cannot be cut shorter.</summary>
    public bool FailTruncation { get; set; }

    /// <summary>Existing files cannot be opened.</summary>
    public bool FailOpen { get; set; }

    public override Stream? OpenExisting(string path)
    {
        if (FailOpen)
        {
            throw new IOException("cannot open");
        }
        return base.OpenExisting(path) is { } file ? new FailingStream(file, this) : null;
    }

    public override Stream CreateNew(string path) => new FailingStream(base.CreateNew(path), this);

    private sealed class FailingStream(Stream inner, FailingDisk disk) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value)
        {
            if (disk.FailTruncation)
            {
                throw new IOException("cannot truncate");
            }
            inner.SetLength(value);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (disk.FailAfterBytes is { } limit && count > limit)
            {
                inner.Write(buffer, offset, limit);
                throw new IOException("no space left on device");
            }
            inner.Write(buffer, offset, count);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
