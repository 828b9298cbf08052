namespace AlignSharp.Recipes.Configuration;

/// <summary>What this version does with a configuration key that TRL, transformers or PEFT know.</summary>
public enum KeyKind
{
    /// <summary>The key acts as it does upstream.</summary>
    Honoured,

    /// <summary>What the key asks for is true here anyway, or has no meaning here: accepted, checked for its type, and noted once.</summary>
    Satisfied,

    /// <summary>The key would change the result and is not available: an error unless it is set to a value that turns it off.</summary>
    Refused,
}
