namespace AlignSharp.Data.Checks;

/// <summary>One check of a preference set: it sees every training pair once, in order, and keeps no texts.</summary>
internal interface ICheck
{
    /// <summary>Looks at the next pair.</summary>
    void Add(PairView pair);

    /// <summary>What was found, a tally for each kind, those without a pair included.</summary>
    /// <param name="log">What is kept of all pairs.</param>
    IEnumerable<Tally> Finish(PairLog log);
}
