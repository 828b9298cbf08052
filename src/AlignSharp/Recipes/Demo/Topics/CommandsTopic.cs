namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>Which command does something to a file, in Bash or in PowerShell: a look-up, then a copy of the file's name.</summary>
internal sealed class CommandsTopic : DemoTopic
{
    private static readonly (string Action, string Bash, string PowerShell)[] Actions =
    [
        ("delete", "rm", "Remove-Item"),
        ("print", "cat", "Get-Content"),
        ("create", "touch", "New-Item"),
        ("hash", "sha256sum", "Get-FileHash"),
        ("find", "ls", "Get-Item"),
        ("compress", "gzip", "Compress-Archive"),
    ];

    private static readonly string[] Files =
    [
        "notes.txt", "report.txt", "todo.txt", "list.txt", "letter.txt", "poem.txt", "recipe.txt", "diary.txt",
        "users.csv", "orders.csv", "prices.csv", "scores.csv", "cities.csv", "words.csv", "books.csv", "songs.csv",
    ];

    private static readonly string[] Shells = ["Bash", "PowerShell"];

    public override string Name => "commands";

    public override string Site => "superuser.com";

    public override DemoCase Draw(Random random)
    {
        var action = DrawOne(random, Actions);
        var shell = DrawOne(random, Shells);
        var otherShell = Confused(Shells, shell);
        var otherAction = Confused(Actions, action);
        var file = DrawOne(random, Files);
        var command = Command(action, shell);
        return new DemoCase
        {
            Combination = $"{action.Action} {file} {shell}",
            Questions =
            [
                $"Which command can {action.Action} the file {file} in {shell}?",
                $"How do I {action.Action} {file} in {shell}?",
                $"I want to {action.Action} {file}. What do I type in {shell}?",
                $"In {shell}, what is the command to {action.Action} {file}?",
            ],
            Right = Sentences(shell, $"{command} {file}"),
            Wrong =
            [
                .. Sentences(shell, $"{Command(otherAction, shell)} {file}"),
                .. Sentences(shell, $"{Command(action, otherShell)} {file}"),
            ],
            Partial = [$"In {shell} it starts with `{command}`.", $"Type `{command}` and see what {shell} says."],
        };
    }

    private static string Command((string Action, string Bash, string PowerShell) action, string shell) =>
        shell == "Bash" ? action.Bash : action.PowerShell;

    private static string[] Sentences(string shell, string line) => [$"In {shell}, type `{line}` and press Enter.", $"The command is `{line}` in {shell}."];
}
