using Mono.Cecil;
using Mono.Cecil.Cil;

namespace AlignSharp.Acceptance.Architecture;

/// <summary>
/// Reads which types a compiled assembly uses and from where: bases, interfaces, signatures, attributes, locals and every
/// instruction. Constants leave no trace in compiled code and are not seen.
/// </summary>
internal sealed class CompiledAssembly : IDisposable
{
    private readonly AssemblyDefinition _assembly;

    /// <summary>Opens an assembly beside the tests; <see cref="Dispose"/> closes it.</summary>
    /// <param name="name">Simple name, for example <c>AlignSharp.Data</c>.</param>
    public CompiledAssembly(string name)
    {
        _assembly = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        Name = name;
    }

    /// <summary>Simple name.</summary>
    public string Name { get; }

    /// <summary>Simple names of the assemblies that this one references.</summary>
    public IReadOnlyList<string> References => [.. _assembly.MainModule.AssemblyReferences.Select(reference => reference.Name)];

    /// <summary>Every type that somebody wrote, nested ones included; what the compiler made up has names with angle brackets.</summary>
    public IReadOnlyList<TypeDefinition> Types => [.. _assembly.MainModule.GetTypes().Where(type => !type.FullName.Contains('<', StringComparison.Ordinal))];

    /// <summary>What each type uses, without repetitions; lambdas and state machines count for the type that they stand in.</summary>
    public IReadOnlyList<TypeUse> Uses() =>
        [.. _assembly.MainModule.GetTypes().SelectMany(type => Named(type).SelectMany(named => Flat(named.Type).Select(used => Use(type, used, named.Member)))).Distinct()];

    /// <inheritdoc/>
    public void Dispose() => _assembly.Dispose();

    private TypeUse Use(TypeReference user, TypeReference used, string? member)
    {
        var outermost = Outermost(used);
        var assembly = outermost.Scope is AssemblyNameReference reference ? reference.Name : Name;
        return new TypeUse(Outermost(user).FullName, outermost.FullName, assembly, member);
    }

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<(TypeReference? Type, string? Member)> Named(TypeDefinition type)
    {
        yield return (type.BaseType, null);
        foreach (var implemented in type.Interfaces) yield return (implemented.InterfaceType, null);
        foreach (var holder in (ICustomAttributeProvider[])[type, .. type.Fields, .. type.Properties, .. type.Methods])
            foreach (var attribute in holder.CustomAttributes) yield return (attribute.AttributeType, null);
        foreach (var constraint in type.GenericParameters.SelectMany(parameter => parameter.Constraints)) yield return (constraint.ConstraintType, null);
        foreach (var field in type.Fields) yield return (field.FieldType, null);
        foreach (var property in type.Properties) yield return (property.PropertyType, null);
        foreach (var named in type.Methods.SelectMany(Named)) yield return named;
    }

    private static IEnumerable<(TypeReference? Type, string? Member)> Named(MethodDefinition method)
    {
        foreach (var type in Signature(method)) yield return (type, null);
        if (!method.HasBody) yield break;
        foreach (var local in method.Body.Variables) yield return (local.VariableType, null);
        foreach (var caught in method.Body.ExceptionHandlers) yield return (caught.CatchType, null);
        foreach (var named in method.Body.Instructions.SelectMany(Named)) yield return named;
    }

    private static IEnumerable<(TypeReference? Type, string? Member)> Named(Instruction instruction)
    {
        switch (instruction.Operand)
        {
            case TypeReference type:
                yield return (type, null);
                break;
            case FieldReference field:
                yield return (field.DeclaringType, field.Name);
                yield return (field.FieldType, null);
                break;
            case MethodReference method:
                yield return (method.DeclaringType, method.Name);
                foreach (var type in Signature(method)) yield return (type, null);
                break;
        }
    }

    private static IEnumerable<TypeReference> Signature(MethodReference method)
    {
        yield return method.ReturnType;
        foreach (var parameter in method.Parameters) yield return parameter.ParameterType;
        foreach (var constraint in method.GenericParameters.SelectMany(parameter => parameter.Constraints)) yield return constraint.ConstraintType;
        if (method is not GenericInstanceMethod generic) yield break;
        foreach (var argument in generic.GenericArguments) yield return argument;
    }

    // List<Tensor[]> is List and Tensor; a generic parameter is nothing.
    private static IEnumerable<TypeReference> Flat(TypeReference? type)
    {
        if (type is null or GenericParameter) return [];
        if (type is GenericInstanceType generic) return [generic.ElementType, .. generic.GenericArguments.SelectMany(Flat)];
        return type is TypeSpecification wrapped ? Flat(wrapped.ElementType) : [type];
    }
}
