using System.Text;
using Camdiv.Gateway.Relay;

namespace Camdiv.Tests.Unit.Gateway.Protocol;

public sealed class RelayFrameTests
{
    [Theory]
    [InlineData(">r|", "r")]
    [InlineData(">AZaz09_-|payload|more", "AZaz09_-")]
    [InlineData(">12345678901234567890123456789012|x", "12345678901234567890123456789012")]
    public void The_room_stands_between_mark_and_bar(string frame, string room)
    {
        Assert.True(RelayFrame.TryGetRoom(Encoding.UTF8.GetBytes(frame), out var found));
        Assert.Equal(room, Encoding.ASCII.GetString(found));
    }

    [Theory]
    [InlineData("")]
    [InlineData(">")]
    [InlineData(">|")]
    [InlineData(">|x")]
    [InlineData(">room")]
    [InlineData(">ro om|x")]
    [InlineData(">rööm|x")]
    [InlineData(">123456789012345678901234567890123|x")]
    [InlineData("{r|x")]
    public void Anything_else_is_malformed(string frame) =>
        Assert.False(RelayFrame.TryGetRoom(Encoding.UTF8.GetBytes(frame), out _));
}
