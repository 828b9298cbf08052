using AlignSharp.Data.Faults;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Shapes;

/// <summary>The types that are measured, and their names on the command line and in reports.</summary>
internal static class Dtypes
{
    /// <summary>Name of a type.</summary>
    /// <param name="type">Float32 or BFloat16.</param>
    public static string NameOf(ScalarType type) => type == ScalarType.BFloat16 ? "bf16" : "fp32";

    /// <summary>Bytes of one number.</summary>
    /// <param name="type">Float32 or BFloat16.</param>
    public static int BytesOf(ScalarType type) => type == ScalarType.BFloat16 ? 2 : 4;

    /// <summary>The type that <c>--dtype</c> names.</summary>
    /// <param name="arguments">The options.</param>
    /// <param name="fallback">The type when the option was not given.</param>
    /// <exception cref="ConfigurationException">The name is not known.</exception>
    public static ScalarType Read(Arguments arguments, ScalarType fallback = ScalarType.BFloat16) => arguments.Text("dtype") switch
    {
        null => fallback,
        "bf16" => ScalarType.BFloat16,
        "fp32" => ScalarType.Float32,
        var other => throw new ConfigurationException($"option --dtype: {other} is not known; expected fp32 or bf16"),
    };
}
