using System.Globalization;
using Mono.Cecil;

namespace AlignSharp.Acceptance.Architecture;

/// <summary>
/// Prints the public surface of an assembly: a line per type and per member that users can call, sorted by name so that moving
/// code changes nothing. What the compiler writes for records (equality, printing, copies) is left out, and nullability is not shown.
/// </summary>
internal static class PublicApi
{
    private static readonly string[] RecordMembers = ["Equals", "GetHashCode", "ToString", "Deconstruct", "PrintMembers", "op_Equality", "op_Inequality", "get_EqualityContract"];

    /// <summary>The surface; each line ends with a line feed.</summary>
    public static string Print(IEnumerable<TypeDefinition> types)
    {
        var lines = types.Where(IsVisible).OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(type => Members(type).Order(StringComparer.Ordinal).Select(member => "    " + member).Prepend(Header(type)));
        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static bool IsVisible(TypeDefinition type) => type.IsPublic || (type.IsNestedPublic && IsVisible(type.DeclaringType));

    private static string Header(TypeDefinition type)
    {
        var kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => IsRecord(type) ? "record struct" : "struct",
            { BaseType.FullName: "System.MulticastDelegate" } => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            _ => (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + (IsRecord(type) ? "record" : "class"),
        };
        var parents = type.Interfaces.Select(implemented => Name(implemented.InterfaceType)).Where(name => !name.StartsWith("IEquatable<", StringComparison.Ordinal));
        if (!type.IsValueType && type.BaseType is { FullName: not ("System.Object" or "System.MulticastDelegate") } parent) parents = parents.Append(Name(parent));
        var after = string.Join(", ", parents.Order(StringComparer.Ordinal));
        return $"{kind} {type.Namespace}.{Name(type)}{(after.Length > 0 ? " : " + after : "")}";
    }

    private static IEnumerable<string> Members(TypeDefinition type)
    {
        foreach (var field in type.Fields.Where(field => field.IsPublic && !field.IsSpecialName))
            yield return type.IsEnum ? string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {field.Constant}") : $"{Modifier(field.IsStatic)}{Name(field.FieldType)} {field.Name}";
        foreach (var property in type.Properties.Where(property => IsCallable(property.GetMethod) && !RecordMembers.Contains(property.GetMethod.Name)))
            yield return Property(property);
        foreach (var method in type.Methods.Where(method => IsCallable(method) && !method.IsGetter && !method.IsSetter && !IsOfRecord(type, method)))
            yield return Method(type, method);
    }

    private static string Property(PropertyDefinition property)
    {
        var setter = !IsCallable(property.SetMethod) ? "" : property.SetMethod.ReturnType is RequiredModifierType ? " init;" : " set;";
        var required = property.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "RequiredMemberAttribute") ? "required " : "";
        var parameters = property.HasParameters ? $"[{Parameters(property.GetMethod)}]" : "";
        return $"{Modifier(property.GetMethod.IsStatic)}{required}{Name(property.PropertyType)} {property.Name}{parameters} {{ get;{setter} }}";
    }

    private static string Method(TypeDefinition type, MethodDefinition method)
    {
        if (method.IsConstructor) return $"{Bare(type.Name)}({Parameters(method)})";
        var generic = method.HasGenericParameters ? $"<{string.Join(", ", method.GenericParameters.Select(parameter => parameter.Name))}>" : "";
        return $"{Modifier(method.IsStatic)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Parameters(MethodDefinition method) => string.Join(", ", method.Parameters.Select(parameter =>
    {
        var value = parameter.HasConstant ? " = " + Constant(parameter.Constant) : parameter.IsOptional ? " = default" : "";
        var direction = parameter.IsOut ? "out " : parameter.ParameterType.IsByReference ? "ref " : "";
        var many = parameter.CustomAttributes.Any(attribute => attribute.AttributeType.Name is "ParamArrayAttribute" or "ParamCollectionAttribute") ? "params " : "";
        return $"{many}{direction}{Name(parameter.ParameterType)} {parameter.Name}{value}";
    }));

    private static string Constant(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Modifier(bool isStatic) => isStatic ? "static " : "";

    private static bool IsCallable(MethodDefinition? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static bool IsRecord(TypeDefinition type) => type.Methods.Any(method => method.Name == "PrintMembers");

    // The compiler marks what it adds, but for Deconstruct and the copy constructor's protected twin as well.
    private static bool IsOfRecord(TypeDefinition type, MethodDefinition method) =>
        IsRecord(type) && (method.Name.StartsWith('<') || RecordMembers.Contains(method.Name) || IsCopy(type, method));

    private static bool IsCopy(TypeDefinition type, MethodDefinition method) =>
        method.IsConstructor && method.Parameters is [var only] && only.ParameterType.FullName == type.FullName;

    private static string Name(TypeReference type) => type switch
    {
        ByReferenceType reference => Name(reference.ElementType),
        RequiredModifierType modified => Name(modified.ElementType),
        ArrayType array => Name(array.ElementType) + "[]",
        GenericInstanceType { ElementType.FullName: "System.Nullable`1" } nullable => Name(nullable.GenericArguments[0]) + "?",
        GenericInstanceType generic => $"{Outer(generic.ElementType)}{Bare(generic.Name)}<{string.Join(", ", generic.GenericArguments.Select(Name))}>",
        _ when type.HasGenericParameters => $"{Outer(type)}{Bare(type.Name)}<{string.Join(", ", type.GenericParameters.Select(parameter => parameter.Name))}>",
        _ => Outer(type) + Keyword(type),
    };

    private static string Outer(TypeReference type) => type is { IsGenericParameter: false, DeclaringType: { } outer } ? Name(outer) + "." : "";

    private static string Bare(string name) => name.Split('`')[0];

    private static string Keyword(TypeReference type) => type.FullName switch
    {
        "System.Void" => "void",
        "System.Boolean" => "bool",
        "System.Byte" => "byte",
        "System.Int32" => "int",
        "System.Int64" => "long",
        "System.Single" => "float",
        "System.Double" => "double",
        "System.String" => "string",
        "System.Object" => "object",
        _ => type.Name,
    };
}
