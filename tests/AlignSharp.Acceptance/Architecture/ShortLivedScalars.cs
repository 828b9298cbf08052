using Mono.Cecil;
using Mono.Cecil.Cil;

namespace AlignSharp.Acceptance.Architecture;

/// <summary>
/// Finds calls that hand libtorch a number which nothing keeps alive: implicit conversions to TorchSharp's Scalar, and methods of
/// TorchSharp that make one inside (<c>a + b</c> makes a factor 1). A garbage collection during the native call may free it.
/// </summary>
internal static class ShortLivedScalars
{
    private const string Scalar = "TorchSharp.Scalar";

    /// <summary>Calls in an assembly, as <c>Type.Method: callee</c>.</summary>
    /// <param name="assembly">Path of the assembly to look at.</param>
    /// <param name="torchSharp">Path of TorchSharp.dll.</param>
    public static IReadOnlyList<string> In(string assembly, string torchSharp)
    {
        using var torch = ModuleDefinition.ReadModule(torchSharp);
        using var module = ModuleDefinition.ReadModule(assembly);
        var makers = Makers(torch);
        return
        [
            .. from method in module.GetTypes().SelectMany(t => t.Methods)
               from callee in Calls(method)
               where IsImplicit(callee) || makers.Contains(callee)
               select $"{method.DeclaringType.Name}.{method.Name}: {callee}",
        ];
    }

    // Methods of TorchSharp that make a Scalar themselves, or call one that does.
    private static HashSet<string> Makers(ModuleDefinition torch)
    {
        var methods = torch.GetTypes().Where(t => t.FullName != Scalar && t.Name != "ScalarExtensionMethods").SelectMany(t => t.Methods).ToArray();
        var makers = methods.Where(m => Calls(m).Any(callee => IsImplicit(callee) || IsExplicit(callee))).Select(m => m.FullName).ToHashSet();
        int before;
        do
        {
            before = makers.Count;
            makers.UnionWith(methods.Where(m => Calls(m).Any(makers.Contains)).Select(m => m.FullName));
        }
        while (makers.Count > before);
        return makers;
    }

    private static bool IsImplicit(string callee) => callee.Contains($"{Scalar}::op_Implicit", StringComparison.Ordinal);

    private static bool IsExplicit(string callee) => callee.Contains("::ToScalar(", StringComparison.Ordinal);

    private static IEnumerable<string> Calls(MethodDefinition method) => !method.HasBody ? [] :
        from instruction in method.Body.Instructions
        where instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj
        select ((MethodReference)instruction.Operand).GetElementMethod().FullName;
}
