namespace AlignSharp.Diagnostics;

/// <summary>A device that tensors can live on.</summary>
/// <param name="Name">As options write it: "cpu", "cuda:0".</param>
/// <param name="Description">The maker's name of it, or null when the system does not say.</param>
public sealed record DeviceFacts(string Name, string? Description);
