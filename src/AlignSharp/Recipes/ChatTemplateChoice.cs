using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes;

/// <summary>Finds the chat template of a run: what <c>chat_template_path</c> names, else the tokenizer's own.</summary>
internal static class ChatTemplateChoice
{
    /// <summary>Text of the template that a path names, for the result to carry: the model speaks in what it was trained with. Null without a path.</summary>
    /// <inheritdoc cref="Load"/>
    public static string? Given(string? path, string tokenizerFolder) => path is null ? null : Load(path, tokenizerFolder)!.Text;

    /// <summary>Loads it.</summary>
    /// <param name="path">A Jinja file, a folder with a tokenizer, or null.</param>
    /// <param name="tokenizerFolder">The model's tokenizer.</param>
    /// <returns>Null when no path is given and the tokenizer has none.</returns>
    /// <exception cref="ConfigurationException">There is nothing at the path.</exception>
    public static ChatTemplate? Load(string? path, string tokenizerFolder)
    {
        if (path is null) return ChatTemplate.TryLoad(tokenizerFolder);
        if (Directory.Exists(path)) return ChatTemplate.Load(path);
        return File.Exists(path) ? ChatTemplate.LoadFile(path, tokenizerFolder) : throw new ConfigurationException($"chat_template_path: there is no file or folder '{path}'");
    }
}
