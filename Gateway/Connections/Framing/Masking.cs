using System.Numerics;

namespace Camdiv.Gateway.Connections.Framing;

/// <summary>Takes the mask off a client's payload (RFC 6455, section 5.3), a vector at a time.</summary>
internal static class Masking
{
    /// <summary>Copies masked bytes without their mask.</summary>
    /// <param name="masked">Bytes of a payload.</param>
    /// <param name="to">Where they go; at least as long.</param>
    /// <param name="mask">The mask that the first of these bytes meets, as it lies in memory.</param>
    /// <returns>The mask that the byte after these meets.</returns>
    public static uint Unmask(ReadOnlySpan<byte> masked, Span<byte> to, uint mask)
    {
        var wide = Vector.AsVectorByte(new Vector<uint>(mask));
        var at = 0;
        // Vectors are a multiple of the mask's four bytes, so it meets each of them alike.
        for (; at <= masked.Length - Vector<byte>.Count; at += Vector<byte>.Count)
        {
            (new Vector<byte>(masked[at..]) ^ wide).CopyTo(to[at..]);
        }
        for (; at < masked.Length; at++)
        {
            to[at] = (byte)(masked[at] ^ FirstByte(mask));
            mask = Turn(mask);
        }
        return mask;
    }

    private static byte FirstByte(uint mask) => (byte)(BitConverter.IsLittleEndian ? mask : mask >> 24);

    private static uint Turn(uint mask) =>
        BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, 8) : BitOperations.RotateLeft(mask, 8);
}
