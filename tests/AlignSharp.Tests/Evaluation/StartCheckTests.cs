using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Faults;
using AlignSharp.Evaluation;
using AlignSharp.Testing;
using AlignSharp.Tests.Training;
using Xunit;

namespace AlignSharp.Tests.Evaluation;

public class StartCheckTests
{
    [Fact]
    public void Where_policy_and_reference_are_one_the_loss_is_ln_2_and_nothing_changes()
    {
        using var run = new TinyRun(dropout: 0.5, reference: AdapterUse.Reference);
        var notes = new List<string>();
        StartCheck.Run(run.Pass, TinyPairs.Create(6, seed: 3), notes.Add);
        Assert.Equal(["step 0: policy equals reference, rewards 0, loss 0.6931"], notes);
        Assert.True(run.Model.training);
        Assert.All(run.Adapter.Parameters, parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Another_reference_is_named_with_the_pair_and_what_to_look_at()
    {
        // The policy's adapter has an update, the base below it has none.
        using var run = new TinyRun();
        var message = Assert.Throws<VerificationException>(() => StartCheck.Run(run.Pass, TinyPairs.Create(6, seed: 3), _ => { })).Message;
        Assert.Matches(@"^step 0: the policy should equal its reference, but the reward of pairs\.jsonl:[1-4] is \d\.\d{4} and the loss \d\.\d{4}; the reference is another model", message);
    }
}
