using AlignSharp.Checkpoints;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Shapes;

/// <summary>Models with random, frozen weights.</summary>
internal static class RandomLlama
{
    /// <summary>Builds a model and fills it in place, so that building takes no more memory than the weights.</summary>
    /// <param name="shape">Its size.</param>
    /// <param name="type">Type of its weights.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    /// <param name="projections">Builds the projections.</param>
    /// <returns>The model in evaluation mode; the caller owns it.</returns>
    public static LlamaModel Create(ModelShape shape, ScalarType type, int seed, ProjectionFactory projections)
    {
        var model = new LlamaModel(shape.Config, projections, type, CPU);
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var (_, parameter) in ModelFolder.BaseParameters(model))
        {
            using var scope = NewDisposeScope();
            parameter.requires_grad = false;
            if (parameter.dim() == 1) parameter.fill_(1);
            else parameter.normal_(0, model.Config.InitializerRange, generator);
        }
        model.eval();
        return model;
    }
}
