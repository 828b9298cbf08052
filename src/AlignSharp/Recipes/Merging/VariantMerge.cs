using AlignSharp.Adapters.Lora;
using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Checkpoints;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>
/// The weights of a base with one adapter of any variant merged into them: the update, DoRA's row lengths, biases, what was trained in full, and what the
/// start took from the base.
/// </summary>
/// <param name="file">The adapter's weights; stay the caller's.</param>
/// <param name="options">Its options.</param>
internal sealed class VariantMerge(AdapterFile file, LoraOptions options)
{
    /// <summary>A merged tensor.</summary>
    /// <param name="name">Name of the base's tensor.</param>
    /// <param name="stored">Its values; not disposed.</param>
    /// <param name="type">Type to compute in and to give.</param>
    /// <returns>Owned by the caller's scope.</returns>
    public Tensor Merge(string name, Tensor stored, ScalarType type)
    {
        if (file.Contains(name)) return file.ReadTensor(name).to(type);
        var path = name[..name.LastIndexOf('.')];
        using var scope = NewDisposeScope();
        var merged = name.EndsWith(".bias", StringComparison.Ordinal) ? Bias(path, stored.to(type), type)
            : file.Contains($"{path}.lora_embedding_A") ? stored.to(type).Plus(Product(path, "lora_embedding_A", "lora_embedding_B", type).t())
            : file.Adapts(path) ? Weight(path, stored, type)
            : stored.to(type);
        return merged.alias().MoveToOuterDisposeScope();
    }

    /// <summary>The first projection whose B has a bias that its base has no place for, or null.</summary>
    /// <param name="adapter">The adapter on its model.</param>
    /// <param name="names">Names of the base's tensors.</param>
    public static string? WithoutPlace(LoraAdapter adapter, IReadOnlyCollection<string> names)
    {
        const string suffix = ".lora_B.bias";
        return adapter.Trained.Where(trained => trained.Name.EndsWith(suffix, StringComparison.Ordinal)).Select(trained => trained.Name[..^suffix.Length])
            .FirstOrDefault(path => !names.Contains($"{path}.bias"));
    }

    private Tensor Bias(string path, Tensor stored, ScalarType type)
    {
        var bias = file.Contains($"{path}.base_layer.bias") ? file.ReadTensor($"{path}.base_layer.bias").to(type) : stored;
        return file.Contains($"{path}.lora_B.bias") ? bias.Plus(file.ReadTensor($"{path}.lora_B.bias").to(type).Times(options.ScalingOf(path))) : bias;
    }

    private Tensor Weight(string path, Tensor stored, ScalarType type)
    {
        var sum = stored.to(type);
        if (StartOf(path, stored, options) is var (a, b)) sum = sum.Plus(b.to(type).mm(a.to(type)).Times(-options.ScalingOf(path)));
        sum = sum.Plus(Product(path, "lora_A.weight", "lora_B.weight", type));
        if (!file.Contains($"{path}.lora_magnitude_vector")) return sum;
        var norms = (sum * sum).sum([1], type: ScalarType.Float64).sqrt();
        return sum * (file.ReadTensor($"{path}.lora_magnitude_vector") / norms).to(type).unsqueeze(1);
    }

    /// <summary>What an adapter's start took out of a weight, as factors; null where it took nothing.</summary>
    /// <param name="path">Module path.</param>
    /// <param name="stored">The base's weight.</param>
    /// <param name="options">The adapter's options.</param>
    public static (Tensor A, Tensor B)? StartOf(string path, Tensor stored, LoraOptions options)
    {
        if (!options.Start.ChangesBase) return null;
        using var generator = new Generator(0, CPU);
        return options.Start.Factors(new StartPlace(stored.size(1), stored.size(0), options.RankOf(path), options.ScalingOf(path), () => stored.to(ScalarType.Float32)), generator);
    }

    private Tensor Product(string path, string a, string b, ScalarType type) =>
        file.ReadTensor($"{path}.{b}").to(type).mm(file.ReadTensor($"{path}.{a}").to(type)).Times(options.ScalingOf(path));
}
