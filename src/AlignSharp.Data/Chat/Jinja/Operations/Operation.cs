namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>A filter, a test or a method: a value, the arguments beside it, and the render that asks.</summary>
internal delegate object? Operation(object? self, Arguments arguments, Rendering rendering);
