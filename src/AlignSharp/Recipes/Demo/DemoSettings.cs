namespace AlignSharp.Recipes.Demo;

/// <summary>
/// Sizes and hyperparameters of the demo. The defaults were chosen by measurement (docs/design/0002-demo.md) so that two cores
/// learn the facts in about a minute, and DPO then has something to decide.
/// </summary>
public sealed record DemoSettings
{
    /// <summary>Seed of the data, the weights, the order of the rows and the sampled answers.</summary>
    public int Seed { get; init; }

    /// <summary>Training questions: 400 of each of the seven topics.</summary>
    public int TrainQuestions { get; init; } = 2800;

    /// <summary>Held-out questions: 40 of each topic, about combinations of arguments that training never asks about.</summary>
    public int HeldOutQuestions { get; init; } = 280;

    /// <summary>Most tokens of the byte-level BPE vocabulary; training it ends sooner, where no pair of tokens occurs twice. Words become one token each.</summary>
    public int VocabularySize { get; init; } = 1536;

    /// <summary>Threads of the tensor work. Matrices of this size are done before a second thread has woken up; and the figures do not depend on the number of cores.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Width of the hidden state.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>Transformer blocks; two are the fewest that can copy an argument from the question by its context.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Attention heads, each with its own keys and values; of 32 dimensions.</summary>
    public int AttentionHeads { get; init; } = 4;

    /// <summary>Width inside the feed-forward block.</summary>
    public int IntermediateSize { get; init; } = 256;

    /// <summary>Base of the rotary positions; the model's own default.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Standard deviation of the fresh embedding. Larger than Llama's 0.02: the prototype learned sooner with it.</summary>
    public double EmbeddingDeviation { get; init; } = 0.5;

    /// <summary>Standard deviation of all other fresh weights; Llama's 0.02.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Passes of supervised fine-tuning over both answers of every training question.</summary>
    public int SftEpochs { get; init; } = 7;

    /// <summary>Answers in one supervised update; small, since the number of updates is what teaches the look-ups.</summary>
    public int SftBatchAnswers { get; init; } = 16;

    /// <summary>Peak learning rate of supervised fine-tuning: full parameters, AdamW, linear warm-up, then cosine to 2 %.</summary>
    public double SftLearningRate { get; init; } = 3e-3;

    /// <summary>Updates over which the supervised learning rate rises.</summary>
    public int SftWarmupSteps { get; init; } = 30;

    /// <summary>Second-moment decay of AdamW in supervised fine-tuning; shorter than 0.999, since there are only some thousand updates.</summary>
    public double SftAdamBeta2 { get; init; } = 0.98;

    /// <summary>Decoupled weight decay of supervised fine-tuning.</summary>
    public double SftWeightDecay { get; init; } = 0.1;

    /// <summary>Rank of the LoRA adapters, which sit on all seven projections of every block.</summary>
    public int LoraRank { get; init; } = 8;

    /// <summary>LoRA alpha; the adapter's output is scaled by alpha divided by rank.</summary>
    public double LoraAlpha { get; init; } = 16;

    /// <summary>Passes of DPO over the training pairs.</summary>
    public double DpoEpochs { get; init; } = 2;

    /// <summary>Pairs in one DPO update.</summary>
    public int DpoBatchPairs { get; init; } = 16;

    /// <summary>Peak learning rate of DPO: AdamW on the adapters without weight decay, linear warm-up, then cosine to 2 %.</summary>
    public double DpoLearningRate { get; init; } = 2e-3;

    /// <summary>Updates over which the learning rate of DPO rises.</summary>
    public int DpoWarmupSteps { get; init; } = 10;

    /// <summary>DPO's beta, which scales the implicit rewards; TRL's default.</summary>
    public double Beta { get; init; } = 4;

    /// <summary>Largest norm of a gradient, in both stages.</summary>
    public double MaxGradNorm { get; init; } = 1.0;

    /// <summary>Temperature at which held-out questions are answered; 1 keeps the model's own odds between a right and a wrong answer.</summary>
    public double SamplingTemperature { get; init; } = 1.0;

    /// <summary>Probability of the most likely tokens that are sampled from; 0.9 leaves out slips that no model of this size is free of.</summary>
    public double SamplingTopP { get; init; } = 0.9;

    /// <summary>Tokens after which a sampled answer that has not ended counts as not right; the longest true answer has fewer.</summary>
    public int MaxNewTokens { get; init; } = 40;
}
