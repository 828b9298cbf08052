namespace AlignSharp.Data.Rows;

/// <summary>The prompt that TRL's stack_llama_2 example makes of a question of <c>lvwerra/stack-exchange-paired</c>.</summary>
public static class StackExchangePrompt
{
    /// <summary>The prompt of a question; the answer follows directly.</summary>
    /// <param name="question">The question's text.</param>
    public static string Of(string question) => $"Question: {question}\n\nAnswer: ";
}
