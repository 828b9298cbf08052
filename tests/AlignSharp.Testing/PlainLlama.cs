using AlignSharp.Models.Llama;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Testing;

/// <summary>
/// A Llama as simple as it can be written: padded rows, eager attention, no packing, no shared prompts, no adapters. The oracle for
/// everything that the engine does faster. Knows unscaled rotary positions only.
/// </summary>
/// <param name="config">Shape of the model.</param>
/// <param name="weights">Its weights by checkpoint name; borrowed, gradients flow into them.</param>
public sealed class PlainLlama(LlamaConfig config, IReadOnlyDictionary<string, Tensor> weights)
{
    private const int PaddingId = 0;

    /// <summary>Log-probability of every token given those before it.</summary>
    /// <param name="rows">Sequences of any lengths; they are padded on the right to the longest.</param>
    /// <returns><c>[rows, longest - 1]</c>; what lies behind the end of a row means nothing.</returns>
    public Tensor TokenLogps(IReadOnlyList<int[]> rows)
    {
        var longest = rows.Max(r => r.Length);
        var ids = tensor(rows.SelectMany(r => r.Concat(Enumerable.Repeat(PaddingId, longest - r.Length))).Select(id => (long)id).ToArray(), [rows.Count, longest]);
        var logps = F.log_softmax(Logits(ids), -1).narrow(1, 0, longest - 1);
        return logps.gather(2, ids.narrow(1, 1, longest - 1).unsqueeze(-1)).squeeze(-1);
    }

    /// <summary>Summed log-probability of a completion after a prompt; without a prompt the first token is not scored.</summary>
    /// <param name="prompt">Ids of the prompt, may be empty.</param>
    /// <param name="completion">Ids of the completion.</param>
    public Tensor CompletionLogp(int[] prompt, int[] completion)
    {
        var first = Math.Max(1, prompt.Length);
        var length = prompt.Length + completion.Length;
        return length <= first ? zeros(1).sum() : TokenLogps([[.. prompt, .. completion]])[0].narrow(0, first - 1, length - first).sum();
    }

    /// <summary>Logits of right-padded rows.</summary>
    /// <param name="ids">int64 <c>[rows, tokens]</c>.</param>
    /// <returns><c>[rows, tokens, vocabulary]</c>.</returns>
    public Tensor Logits(Tensor ids)
    {
        var x = weights["model.embed_tokens.weight"][ids]; // [rows, tokens, hidden]
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var path = $"model.layers.{layer}";
            x = x + Attention(Norm(x, $"{path}.input_layernorm"), $"{path}.self_attn");
            var inner = Norm(x, $"{path}.post_attention_layernorm");
            x = x + Linear(F.silu(Linear(inner, $"{path}.mlp.gate_proj")) * Linear(inner, $"{path}.mlp.up_proj"), $"{path}.mlp.down_proj");
        }
        return F.linear(Norm(x, "model.norm"), weights[config.TieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight"]);
    }

    private Tensor Attention(Tensor x, string path)
    {
        long rows = x.shape[0], tokens = x.shape[1];
        Tensor Heads(string name, int heads) => Linear(x, $"{path}.{name}").view(rows, tokens, heads, config.HeadDim).transpose(1, 2);
        Tensor Shared(Tensor heads) => heads.repeat_interleave(config.Heads / config.KeyValueHeads, 1);
        var queries = Rotate(Heads("q_proj", config.Heads));
        var keys = Shared(Rotate(Heads("k_proj", config.KeyValueHeads)));
        var scores = queries.matmul(keys.transpose(2, 3)) / Math.Sqrt(config.HeadDim); // [rows, heads, tokens, tokens]
        var future = ones(tokens, tokens, dtype: ScalarType.Bool).triu(1);
        var mixed = scores.masked_fill(future, double.NegativeInfinity).softmax(-1).matmul(Shared(Heads("v_proj", config.KeyValueHeads)));
        return Linear(mixed.transpose(1, 2).reshape(rows, tokens, config.Heads * config.HeadDim), $"{path}.o_proj");
    }

    private Tensor Rotate(Tensor x)
    {
        var half = config.HeadDim / 2;
        var angles = new float[x.shape[2], half];
        for (var t = 0; t < x.shape[2]; t++)
            for (var j = 0; j < half; j++) angles[t, j] = (float)(t * Math.Pow(config.RopeTheta, -2.0 * j / config.HeadDim));
        Tensor cosines = tensor(angles).cos(), sines = tensor(angles).sin(), first = x.narrow(-1, 0, half), second = x.narrow(-1, half, half);
        return cat([first * cosines - second * sines, second * cosines + first * sines], -1);
    }

    private Tensor Norm(Tensor x, string path) => x / (x * x).mean([-1], keepdim: true).add(config.RmsNormEpsilon).sqrt() * weights[$"{path}.weight"];

    private Tensor Linear(Tensor x, string path) => F.linear(x, weights[$"{path}.weight"], weights.GetValueOrDefault($"{path}.bias"));
}
