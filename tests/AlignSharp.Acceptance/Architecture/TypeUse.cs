namespace AlignSharp.Acceptance.Architecture;

/// <summary>One type that the code of another one names.</summary>
/// <param name="User">Full name of the outermost type that uses it.</param>
/// <param name="Used">Full name of the outermost type that is used.</param>
/// <param name="UsedAssembly">Simple name of the assembly that the used type is referenced from.</param>
/// <param name="Member">The called method or the field, or null where only the type is named.</param>
internal sealed record TypeUse(string User, string Used, string UsedAssembly, string? Member)
{
    /// <summary>Namespace of the user.</summary>
    public string UserNamespace => NamespaceOf(User);

    /// <summary>Namespace of the used type.</summary>
    public string UsedNamespace => NamespaceOf(Used);

    private static string NamespaceOf(string type) => type.LastIndexOf('.') is var dot and > 0 ? type[..dot] : "";
}
