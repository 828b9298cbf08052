namespace AlignSharp.Recipes.Demo;

/// <summary>Where the demo's files are.</summary>
/// <param name="Folder">The output folder.</param>
public sealed record DemoPaths(string Folder)
{
    /// <summary>Preference rows in the columns of <c>lvwerra/stack-exchange-paired</c>: <c>train.jsonl</c> and <c>test.jsonl</c>.</summary>
    public string Data => Path.Combine(Folder, "data");

    /// <summary>The training rows.</summary>
    public string TrainFile => Path.Combine(Data, "train.jsonl");

    /// <summary>The held-out rows.</summary>
    public string TestFile => Path.Combine(Data, "test.jsonl");

    /// <summary>The undecided model with its tokenizer.</summary>
    public string Model => Path.Combine(Folder, "sft");

    /// <summary>The aligned adapter.</summary>
    public string Adapter => Path.Combine(Folder, "dpo");

    /// <summary>Configuration with which <c>align dpo</c> does the second stage again.</summary>
    public string Configuration => Path.Combine(Folder, "dpo.yaml");

    /// <summary>The report.</summary>
    public string Report => Path.Combine(Folder, "demo.json");
}
