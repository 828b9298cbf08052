namespace AlignSharp.Optimizers;

/// <summary>Parameters that every optimizer has, with transformers' names and defaults.</summary>
public abstract record OptimizerOptions
{
    /// <summary>Weight decay (<c>weight_decay</c>, default 0); not applied to norms and biases.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest L2 norm of the gradient (<c>max_grad_norm</c>, default 1); 0 for no clipping.</summary>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>Folder for the file behind paged states; default null, the system's folder of temporary files.</summary>
    public string? PageFolder { get; init; }
}
