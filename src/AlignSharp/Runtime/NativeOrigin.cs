namespace AlignSharp.Runtime;

/// <summary>Where the native libraries were found.</summary>
public enum NativeOrigin
{
    /// <summary>In the folder that the environment variable <c>ALIGNSHARP_LIBTORCH</c> names.</summary>
    EnvironmentVariable,

    /// <summary>Beside the application, as a publish leaves them.</summary>
    Application,

    /// <summary>In the package folders that the build recorded in <c>alignsharp.natives.json</c>.</summary>
    Packages,
}
