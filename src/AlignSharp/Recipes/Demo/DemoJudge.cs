using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Evaluation;
using AlignSharp.Generation;
using AlignSharp.Models;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Demo;

/// <summary>Judges models on the held-out questions: by rewards against the reference, and by answers that a program checks.</summary>
internal sealed class DemoJudge(DemoSettings settings, ITokenizer tokenizer, IReadOnlyList<DemoPair> heldOut)
{
    private const int Batch = 64;

    /// <summary>One sampled answer a question, in order.</summary>
    public IReadOnlyList<string> Answers(CausalLanguageModel model, CancellationToken cancellation)
    {
        var eos = tokenizer.Special.Eos!.Id;
        var options = new SamplingOptions { MaxNewTokens = settings.MaxNewTokens, Temperature = settings.SamplingTemperature, TopP = settings.SamplingTopP, Seed = settings.Seed };
        var prompts = heldOut.Select(pair => tokenizer.Encode(StackExchangePrompt.Of(pair.Question.Text))).ToArray();
        var completions = new TextGenerator(model, [eos]) { BatchSize = Batch }.Generate(prompts, options, cancellation: cancellation);
        return [.. completions.Select(c => c.FinishReason == FinishReason.Stop ? tokenizer.Decode([.. c.Ids], skipSpecialTokens: true) : tokenizer.Decode([.. c.Ids]) + " …")];
    }

    /// <summary>Share of answers that are right and complete, among the questions that the filter keeps.</summary>
    public double Quality(IReadOnlyList<string> answers, Func<DemoQuestion, bool>? filter = null) =>
        heldOut.Zip(answers).Where(x => filter?.Invoke(x.First.Question) ?? true).Average(x => AnswerChecker.IsRightAndComplete(x.First.Question, x.Second) ? 1.0 : 0.0);

    /// <summary>Accuracy (a tie counts half) and mean margin of the implicit rewards.</summary>
    public static (double Accuracy, double Margin) Rewards(CausalLanguageModel model, IReferenceSource reference, IReadOnlyList<TokenizedPair> pairs, double beta)
    {
        using var noGradient = no_grad();
        var margins = new List<double>(pairs.Count);
        foreach (var rows in Enumerable.Range(0, pairs.Count).Chunk(Batch))
        {
            using var scope = NewDisposeScope();
            using var batch = new TokenBatch(Packer.Pack([.. rows.Select(r => pairs[r])]), model.Device);
            var policy = model.Score(batch).Sequences.ToPairs();
            var frozen = reference.Logps(batch, rows);
            var difference = (policy.Chosen - frozen.Chosen - (policy.Rejected - frozen.Rejected)).Times(beta);
            margins.AddRange(difference.cpu().data<float>().ToArray().Select(x => (double)x));
        }
        return (margins.Average(m => m > 0 ? 1 : m == 0 ? 0.5 : 0), margins.Average());
    }
}
