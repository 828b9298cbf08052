using System.Runtime.InteropServices;
using System.Text.Json;
using AlignSharp.Optimizers;
using AlignSharp.Testing;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Optimizers;

/// <summary>bitsandbytes' AdamW (golden/qlora/README.md, optimizers.json).</summary>
public class CompactAdamWTests
{
    private static readonly AdamWOptions Golden = new() { WeightDecay = 0.01, MaxGradNorm = 0 };

    [Fact]
    public void Updates_with_32_bits_equal_those_of_bitsandbytes()
    {
        using var scope = NewDisposeScope();
        using var json = Json();
        var golden = json.RootElement.GetProperty("small_32bit");
        var parameter = new Parameter(Floats(golden.GetProperty("param0")));
        using var optimizer = new CompactAdamW([("w", parameter)], Golden, default);
        foreach (var (gradient, expected) in golden.GetProperty("grads").EnumerateArray().Zip(golden.GetProperty("adamw32bit_cuda_rule").EnumerateArray()))
        {
            parameter.grad = Floats(gradient);
            optimizer.Update(2e-4);
            Assert.InRange(TensorCompare.Absolute(Floats(expected.GetProperty("param")), parameter), 0, 1e-8);
        }
    }

    // A code could be the next one where a value lies within 1e-6 of a midpoint; none does. A parameter is off by two roundings.
    [Fact]
    public void Updates_with_8_bits_have_the_parameters_codes_and_magnitudes_of_bitsandbytes()
    {
        using var scope = NewDisposeScope();
        using var json = Json();
        var golden = json.RootElement;
        var parameter = new Parameter(Floats(golden.GetProperty("param0")));
        using var optimizer = new CompactAdamW([("w", parameter)], Golden, new StateStorage(IsEightBit: true));
        var states = optimizer.States.Single();
        foreach (var (gradient, expected) in golden.GetProperty("grads").EnumerateArray().Zip(golden.GetProperty("adamw8bit_cuda_rule").EnumerateArray()))
        {
            parameter.grad = Floats(gradient);
            optimizer.Update(2e-4);
            Assert.InRange(TensorCompare.Absolute(Floats(expected.GetProperty("param")), parameter), 0, 1e-7);
            Assert.Equal(Bytes(expected.GetProperty("state1")), states[0].data<byte>().ToArray());
            Assert.InRange(TensorCompare.RelativeToMax(Floats(expected.GetProperty("absmax1")), states[1]), 0, 1e-6);
            Assert.Equal(Bytes(expected.GetProperty("state2")), states[2].data<byte>().ToArray());
            Assert.InRange(TensorCompare.RelativeToMax(Floats(expected.GetProperty("absmax2")), states[3]), 0, 1e-6);
        }
    }

    private static JsonDocument Json() => JsonDocument.Parse(File.ReadAllText(Testing.Golden.Path("qlora/optimizers.json")));

    private static byte[] Bytes(JsonElement json) => Convert.FromBase64String(json.GetProperty("b64").GetString()!);

    private static Tensor Floats(JsonElement json) => tensor(MemoryMarshal.Cast<byte, float>(Bytes(json)).ToArray());
}
