namespace AlignSharp.Objectives;

/// <summary>A line of the registry: how an objective is made and which parameters besides <c>beta</c> it reads.</summary>
internal sealed record RegisteredObjective(Func<ObjectiveParameters, IPreferenceObjective> Create, params string[] Reads);
