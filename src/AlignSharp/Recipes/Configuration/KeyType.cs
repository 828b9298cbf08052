namespace AlignSharp.Recipes.Configuration;

/// <summary>What a key's value must be.</summary>
public enum KeyType
{
    /// <summary>true or false (also yes, no, on, off); as an option it may stand alone, which means true.</summary>
    Boolean,

    /// <summary>A whole number that fits 32 bits, signed.</summary>
    Integer,

    /// <summary>A finite number; 5.0e-4 and 1e-4 are numbers.</summary>
    Number,

    /// <summary>Text; a number or boolean given here is taken as it is written.</summary>
    Text,

    /// <summary>A list of texts: a YAML list, repeated options, or one comma-separated text.</summary>
    TextList,

    /// <summary>A mapping of names to numbers or texts; as an option in YAML's flow form, <c>{num_cycles: 2}</c>.</summary>
    Map,

    /// <summary>Anything: used by keys that are accepted without a meaning.</summary>
    Any,
}
