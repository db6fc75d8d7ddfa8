namespace Camdiv.Grains;

/// <summary>Who is connected to this silo's client port.</summary>
public interface IOperators
{
    /// <summary>The operator who gave a ticket when let in and is still connected, or null.</summary>
    Operator? Find(string ticket);
}

/// <summary>Somebody who may tell the cluster something.</summary>
/// <param name="Name">
/// The subject of the certificate, if there is one, and what the program says of its user: for people to read.
/// </param>
/// <param name="Address">Address and port the connection comes from, as this silo sees it.</param>
public sealed record Operator(string Name, string Address);
