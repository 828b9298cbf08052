using System.Text;
using System.Text.Json;
using AlignSharp.Data.Chat.Jinja.Values;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Data.Tokenizers.Pipeline;

namespace AlignSharp.Data.Chat;

/// <summary>Finds the text of a chat template in a tokenizer folder, and the special tokens that it can print.</summary>
internal static class TemplateFiles
{
    private const string FileName = "chat_template.jinja";
    private const string Key = "chat_template";

    /// <summary>The template, what messages call it, and its constants; null if the folder holds none.</summary>
    /// <param name="folder">What messages name in front of a file's name.</param>
    /// <param name="template">Which template.</param>
    /// <param name="read">The bytes of a file of the folder, or null when it is absent.</param>
    public static (string Text, string Name, KeyValuePair<string, object?>[] Constants)? Find(string folder, string template, Func<string, byte[]?> read)
    {
        var config = Json("tokenizer_config.json");
        if ((FromFile(folder, template, read) ?? FromJson(config, template) ?? FromJson(Json("chat_template.json"), template)) is not { } found) return null;
        return (found.Text, found.Name, Constants(Json("special_tokens_map.json"), config));

        ArtifactJson? Json(string name) => Parse(read(name), Path.Combine(folder, name));
    }

    /// <summary>The text of a template that stands in a file of its own, and the constants of a tokenizer folder.</summary>
    public static (string Text, KeyValuePair<string, object?>[] Constants) ReadFile(string path, string folder)
    {
        var bytes = TokenizerFolder.Read(Path.GetDirectoryName(path) ?? "", Path.GetFileName(path))
            ?? throw new ArtifactException($"{path}: the file with the chat template does not exist");
        return (Decode(bytes, path), Constants(Read("special_tokens_map.json"), Read("tokenizer_config.json")));

        ArtifactJson? Read(string name) => Parse(TokenizerFolder.Read(folder, name), Path.Combine(folder, name));
    }

    private static KeyValuePair<string, object?>[] Constants(ArtifactJson? special, ArtifactJson? config)
    {
        var constants = new Dictionary<string, object?>(StringComparer.Ordinal);
        AddTokens(special, constants);
        AddTokens(config, constants);
        return [.. constants];
    }

    private static (string Text, string Name)? FromFile(string folder, string template, Func<string, byte[]?> read)
    {
        var path = template == "default" ? FileName : Path.Combine("additional_chat_templates", Path.GetFileName(template) + ".jinja");
        return read(path) is { } bytes ? (Decode(bytes, Path.Combine(folder, path)), Path.Combine(folder, path)) : null;
    }

    private static string Decode(byte[] bytes, string path)
    {
        try
        {
            var content = bytes.AsSpan();
            if (content.StartsWith("\uFEFF"u8)) content = content[3..];
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException error)
        {
            throw new ArtifactException($"{path}: not UTF-8; save the file as UTF-8 or download it again", error);
        }
    }

    /// <summary>Where there is a list, its entries are named.</summary>
    private static (string Text, string Name)? FromJson(ArtifactJson? json, string template)
    {
        if (json?.Find(Key) is not { } value) return null;
        if (value.Element.ValueKind != JsonValueKind.Array)
            return template == "default" ? (value.Text(), $"{json.File}: {Key}") : throw value.Fault($"holds one template, which is \"default\"; there is no \"{template}\"");
        var names = new List<string>();
        foreach (var entry in value.Items())
        {
            names.Add(entry.Required("name").Text());
            if (names[^1] == template) return (entry.Required("template").Text(), $"{json.File}: {Key} \"{template}\"");
        }
        throw value.Fault($"holds the templates {string.Join(", ", names.Select(name => $"\"{name}\""))}, but no \"{template}\"");
    }

    /// <summary>A token stands as a text or as an object with "content"; all other members are no tokens.</summary>
    private static void AddTokens(ArtifactJson? json, Dictionary<string, object?> constants)
    {
        if (json is null) return;
        foreach (var (name, value) in json.Members())
        {
            if (name.EndsWith("_token", StringComparison.Ordinal) && Content(value) is { } content) constants[name] = content;
            if (name == "additional_special_tokens" && value.Element.ValueKind == JsonValueKind.Array)
                constants[name] = new ListValue([.. value.Items().Select(Content)]);
        }
    }

    private static string? Content(ArtifactJson value) => value.Element.ValueKind switch
    {
        JsonValueKind.String => value.Text(),
        JsonValueKind.Object => value.Find("content")?.Text(),
        _ => null,
    };

    private static ArtifactJson? Parse(byte[]? json, string file) => json is null ? null : ArtifactJson.Parse(json, file);
}
