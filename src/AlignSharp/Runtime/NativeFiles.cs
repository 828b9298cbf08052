namespace AlignSharp.Runtime;

/// <summary>The two libraries to load, in this order.</summary>
/// <param name="LibTorch">Full path of libtorch.</param>
/// <param name="TorchSharp">Full path of TorchSharp's native library.</param>
/// <param name="Origin">Where libtorch was found.</param>
internal sealed record NativeFiles(string LibTorch, string TorchSharp, NativeOrigin Origin);
