using System.Net;
using System.Net.Sockets;
using Camdiv.Gateway.Ice;
using MaxMind.Db;
using MaxMind.GeoIP2;

namespace Camdiv.Silo.Geo;

/// <summary>
/// One loaded City database. Lookups hold it open: it is freed when the last one under way and its owner have left.
/// </summary>
internal sealed class GeoDatabase
{
    private readonly DatabaseReader _reader;
    private int _users = 1;

    private GeoDatabase(DatabaseReader reader) => _reader = reader;

    /// <summary>The database's type and build date, for a log line.</summary>
    public string Description => FormattableString.Invariant($"{_reader.Metadata.DatabaseType} of {_reader.Metadata.BuildDate:yyyy-MM-dd}");

    /// <summary>Whether <see cref="Leave"/> was called as often as the database was entered.</summary>
    internal bool IsFreed => Volatile.Read(ref _users) == 0;

    /// <summary>Loads a file into memory, so that what happens to the file later cannot disturb a lookup.</summary>
    /// <exception cref="Exception">
    /// The file cannot be read, is torn, or is no City database; the reader has many ways to say so.
    /// </exception>
    public static GeoDatabase Load(string path)
    {
        DatabaseReader reader;
        using (var file = new MemoryStream(File.ReadAllBytes(path), writable: false))
        {
            reader = new DatabaseReader(file);
        }
        try
        {
            Check(reader);
            return new GeoDatabase(reader);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Takes part in the database until <see cref="Leave"/>.</summary>
    /// <returns>False when it is freed already.</returns>
    public bool TryEnter()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }
            users = seen;
        }
        return false;
    }

    /// <summary>Gives up one's part. The owner calls it once, too.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _reader.Dispose();
        }
    }

    /// <summary>The place of an address, or null when the database does not know it.</summary>
    /// <exception cref="Exception">The data is damaged where this address leads.</exception>
    public GeoPoint? Find(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && _reader.Metadata.IPVersion == 4)
        {
            return null;
        }
        return _reader.TryCity(address, out var city) && city.Location is { Longitude: { } longitude } location
            ? new GeoPoint(location.Latitude, longitude)
            : null;
    }

    private static void Check(DatabaseReader reader)
    {
        var type = reader.Metadata.DatabaseType;
        if (!type.Contains("City", StringComparison.Ordinal))
        {
            throw new InvalidDatabaseException($"it is a {type} database, not a City one");
        }
        // Any address will do: a tree that leads out of the file is found now, not by a client.
        reader.TryCity(IPAddress.Parse("192.0.2.1"), out _);
    }
}
