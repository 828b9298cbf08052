namespace AlignSharp.Recipes.Merging.Combinations;

/// <summary>How the sign of an element is elected (PEFT's <c>majority_sign_method</c>).</summary>
internal enum SignElection
{
    /// <summary>The sign of the sum.</summary>
    Total,

    /// <summary>The sign that more adapters have.</summary>
    Frequency,
}
