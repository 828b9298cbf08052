namespace AlignSharp.Recipes.Configuration;

/// <summary>Which kind of YAML value was read.</summary>
public enum ValueShape
{
    /// <summary>null, ~ or nothing.</summary>
    Null,

    /// <summary>true, false, yes, no, on, off, in lower, upper or title case, not quoted.</summary>
    Boolean,

    /// <summary>A number that is not quoted.</summary>
    Number,

    /// <summary>Any other scalar, and every quoted one.</summary>
    Text,

    /// <summary>A sequence.</summary>
    List,

    /// <summary>A mapping.</summary>
    Map,
}
