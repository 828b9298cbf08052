namespace AlignSharp.Data.Checks.Statistics;

/// <summary>Which nodes of a directed graph can reach one another (strongly connected components, Tarjan 1972), without recursion.</summary>
internal sealed class Cycles
{
    private const int Unseen = -1;

    private readonly List<int>[] _next;
    private readonly int[] _seen;
    private readonly int[] _low;
    private readonly int[] _component;
    private readonly Stack<int> _open = new();
    private int _time;
    private int _components;

    private Cycles(int nodes, IReadOnlyList<(int From, int To)> edges)
    {
        _next = new List<int>[nodes];
        for (var node = 0; node < nodes; node++) _next[node] = [];
        foreach (var (from, to) in edges) _next[from].Add(to);
        (_seen, _low, _component) = (new int[nodes], new int[nodes], new int[nodes]);
        Array.Fill(_seen, Unseen);
        Array.Fill(_component, Unseen);
    }

    /// <summary>The component of each node. An edge between nodes of one component lies on a cycle.</summary>
    /// <param name="nodes">Number of nodes, called 0 and up.</param>
    /// <param name="edges">The edges.</param>
    public static int[] Components(int nodes, IReadOnlyList<(int From, int To)> edges)
    {
        var graph = new Cycles(nodes, edges);
        for (var node = 0; node < nodes; node++)
            if (graph._seen[node] == Unseen) graph.Walk(node);
        return graph._component;
    }

    private void Walk(int root)
    {
        var path = new Stack<(int Node, int Edge)>();
        path.Push((root, 0));
        Open(root);
        while (path.TryPop(out var at))
        {
            var (node, edge) = at;
            if (edge == _next[node].Count)
            {
                if (_low[node] == _seen[node]) Close(node);
                if (path.TryPeek(out var above)) _low[above.Node] = Math.Min(_low[above.Node], _low[node]);
                continue;
            }
            path.Push((node, edge + 1));
            var to = _next[node][edge];
            if (_seen[to] == Unseen)
            {
                Open(to);
                path.Push((to, 0));
            }
            else if (_component[to] == Unseen) _low[node] = Math.Min(_low[node], _seen[to]);
        }
    }

    private void Open(int node)
    {
        _seen[node] = _low[node] = _time++;
        _open.Push(node);
    }

    private void Close(int root)
    {
        int node;
        do
        {
            node = _open.Pop();
            _component[node] = _components;
        }
        while (node != root);
        _components++;
    }
}
