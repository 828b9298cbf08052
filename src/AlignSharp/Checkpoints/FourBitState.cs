using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Quantization;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>What bitsandbytes keeps of a 4-bit weight in its <c>quant_state</c> tensor, as JSON.</summary>
/// <param name="Type">The code.</param>
/// <param name="BlockSize">Elements that share a scale.</param>
/// <param name="Recorded">Type of the weight when it was quantised.</param>
/// <param name="Rows">Rows of the weight.</param>
/// <param name="Columns">Columns of the weight.</param>
/// <param name="NestedBlockSize">Scales that share an outer scale; null where the scales are numbers.</param>
/// <param name="NestedOffset">Mean of the scales.</param>
internal sealed record FourBitState(FourBitType Type, int BlockSize, ScalarType Recorded, long Rows, long Columns, int? NestedBlockSize, float NestedOffset)
{
    private static readonly string[] Keys = ["quant_type", "blocksize", "dtype", "shape", "nested_blocksize", "nested_dtype", "nested_offset"];

    /// <summary>What a weight is written with.</summary>
    public static FourBitState Of(FourBitWeight weight)
    {
        var matrix = weight.Matrix;
        return new FourBitState(weight.Type, matrix.BlockSize, weight.RecordedType, matrix.Rows, matrix.Columns, matrix.Nested?.BlockSize, matrix.Nested?.Offset ?? 0);
    }

    /// <summary>Reads the tensor's bytes.</summary>
    /// <param name="bytes">UTF-8 JSON.</param>
    /// <param name="where">File and tensor, for messages.</param>
    /// <exception cref="ArtifactException">It is not what bitsandbytes writes.</exception>
    public static FourBitState Parse(ReadOnlySpan<byte> bytes, string where)
    {
        JsonObject json;
        try
        {
            using var document = StrictJson.Parse(bytes.ToArray());
            json = document.RootElement.ValueKind == JsonValueKind.Object ? JsonObject.Create(document.RootElement.Clone())! : throw new ArtifactException($"{where}: expected a JSON object");
        }
        catch (JsonException fault)
        {
            throw new ArtifactException($"{where}: not valid JSON: {StrictJson.OneLine(fault)}", fault);
        }
        var fields = new ConfigFields(where, json);
        if (fields.Keys.FirstOrDefault(key => !Keys.Contains(key)) is { } unknown) throw fields.Unsupported(unknown, "bitsandbytes knows no such key; was the file written by another program?");
        var type = FourBitCode.TypeOf(fields.Text("quant_type") ?? throw fields.Fault("quant_type", "is missing", "nf4 or fp4"), where);
        var blockSize = fields.PositiveInt("blocksize");
        if (!FourBitOptions.BlockSizes.Contains(blockSize)) throw fields.Fault("blocksize", $"is {blockSize}", $"one of {string.Join(", ", FourBitOptions.BlockSizes)}");
        if (json["shape"] is not JsonArray { Count: 2 } shape || shape.Any(size => size is not JsonValue value || !value.TryGetValue<int>(out var number) || number < 1))
            throw fields.Fault("shape", $"is {json["shape"]?.ToJsonString() ?? "missing"}", "[out, in]");
        var nested = fields.Has("nested_blocksize");
        if (nested && (fields.Text("nested_dtype") ?? "float32") != "float32") throw fields.Unsupported("nested_dtype", "scales are float32");
        var nestedBlockSize = nested ? fields.PositiveInt("nested_blocksize") : (int?)null;
        if (nestedBlockSize is { } size2 && !System.Numerics.BitOperations.IsPow2(size2)) throw fields.Fault("nested_blocksize", $"is {size2}", "a power of two");
        return new FourBitState(type, blockSize, TypeOf(fields), shape[0]!.GetValue<int>(), shape[1]!.GetValue<int>(), nestedBlockSize, nested ? (float)fields.Number("nested_offset") : 0);
    }

    /// <summary>The tensor's bytes, as Python's json module writes them.</summary>
    public byte[] Write()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $$"""{"quant_type": "{{FourBitCode.Of(Type).Name}}", "blocksize": {{BlockSize}}, "dtype": "{{ModelFolder.TypeName(Recorded)}}", "shape": [{{Rows}}, {{Columns}}]""");
        if (NestedBlockSize is { } nested) text.Append(CultureInfo.InvariantCulture, $$""", "nested_blocksize": {{nested}}, "nested_dtype": "float32", "nested_offset": {{Number(NestedOffset)}}""");
        return Encoding.UTF8.GetBytes(text.Append('}').ToString());
    }

    // A float32 as the double that holds it, in Python's spelling.
    private static string Number(float value)
    {
        var text = ((double)value).ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";
    }

    private static ScalarType TypeOf(ConfigFields fields) =>
        ModelFolder.TypeOf(fields.Text("dtype")) ?? throw fields.Fault("dtype", $"is {fields.Text("dtype") ?? "missing"}", "float32, bfloat16 or float16");
}
