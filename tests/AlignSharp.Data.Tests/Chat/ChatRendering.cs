using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Tests.Chat;

/// <summary>Renders a template over a context as golden files hold it: messages among all other variables.</summary>
internal static class ChatRendering
{
    public static RenderedChat Render(string template, JsonElement context, TimeProvider clock)
    {
        var variables = context.EnumerateObject().ToDictionary(member => member.Name, member => JsonInput.Read(member.Value));
        variables.Remove("messages", out var messages);
        return ChatTemplate.Parse(template, "golden").Render([.. ((ListValue)messages!).All], variables, clock);
    }
}
