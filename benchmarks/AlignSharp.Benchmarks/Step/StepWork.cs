using AlignSharp.Data.Pairs;

namespace AlignSharp.Benchmarks.Step;

/// <summary>
/// The floating-point operations that a DPO step cannot do without, in GFLOP: each prompt computed once for its pair, the base
/// frozen, nothing recomputed. A multiplication with its addition counts as two; norms, softmax and other work that grows with
/// the tokens alone is left out.
/// </summary>
/// <param name="Linear">Projections of the layers.</param>
/// <param name="Head">The output head.</param>
/// <param name="Attention">Scores and mixed values.</param>
/// <param name="Lora">The adapter.</param>
internal readonly record struct StepWork(double Linear, double Head, double Attention, double Lora)
{
    /// <summary>All of it.</summary>
    public double Total => Linear + Head + Attention + Lora;

    /// <summary>Counts a step.</summary>
    /// <param name="shape">Model and adapter; whether the reference is known.</param>
    /// <param name="pairs">The batch.</param>
    public static StepWork Of(StepShape shape, IReadOnlyList<TokenizedPair> pairs)
    {
        var model = shape.Model;
        double tokens = pairs.Sum(pair => pair.PackedTokens), scored = pairs.Sum(pair => pair.ChosenIds.Length + pair.RejectedIds.Length);
        double visible = pairs.Sum(Visible), hidden = model.Hidden, keys = model.KeyWidth;
        var forwards = shape.ReferenceKnown ? 1 : 2; // the policy and, unless it is known, the reference

        // Backward: the input's gradient is one more product of a frozen weight. Layer 0 passes none on to the embedding, so its q, k and v need none.
        var linear = 2 * tokens * (model.Layers * model.LayerWeights * (forwards + 1) - (hidden * hidden + 2 * hidden * keys));

        // The rows that predict a completion's token, forward, and once more for the gradient of their hidden states.
        var head = 2 * scored * hidden * model.Vocab * (forwards + 1);

        // Forward q·kᵀ and p·v for every visible pair of tokens; backward the gradients of p, v, q and k (of layer 0's k: nothing below needs it).
        var attention = 2 * visible * hidden * (model.Layers * (2 * forwards + 4) - 1);

        // A and B on q and v: forward in the policy alone; backward the gradients of both and of their inputs (not of layer 0's input).
        var adapted = hidden + hidden + hidden + keys;
        if (shape.AllProjections) adapted += hidden + keys + 2 * hidden + 3 * (hidden + model.Inter);
        var lora = 2 * tokens * shape.Rank * (3 * model.Layers * adapted - 2 * hidden);
        return new StepWork(linear / 1e9, head / 1e9, attention / 1e9, lora / 1e9);
    }

    // A token sees itself and those before it in its sequence; a prompt's own pairs are shared by the two sequences.
    private static double Visible(TokenizedPair pair)
    {
        double prompt = pair.PromptIds.Length;
        double Completion(double length) => length * prompt + length * (length + 1) / 2;
        return prompt * (prompt + 1) / 2 + Completion(pair.ChosenIds.Length) + Completion(pair.RejectedIds.Length);
    }
}
