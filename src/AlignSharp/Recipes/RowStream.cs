using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;

namespace AlignSharp.Recipes;

/// <summary>
/// A file's rows as a stream, in the order of TRL's stack_llama_2 script: the first <c>size_valid_set</c> are kept apart, the others pass through <c>shuffle_buffer</c>; what
/// is longer than <c>max_characters</c> is passed over.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="open">Begins to read it.</param>
/// <param name="options">The run.</param>
internal sealed class RowStream(string path, Func<IEnumerable<SftExample>> open, SftRunOptions options)
{
    /// <summary>Rows of <see cref="Rest"/> before it repeats; null until it has done so.</summary>
    public int? Length { get; private set; }

    /// <summary>Rows that were too long, of the first pass.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The first <c>size_valid_set</c> rows.</summary>
    public IReadOnlyList<SftExample> First() => [.. open().Where(Fits).Take(options.SizeValidSet)];

    /// <summary>The others, without end: where the file ends it begins again, in the same order, as ConstantLengthDataset does with infinite=True. Read as far as they are asked for, and the buffer further.</summary>
    /// <exception cref="ConfigurationException">There are no others.</exception>
    public IEnumerable<SftExample> Rest()
    {
        while (true)
        {
            var rows = 0;
            foreach (var row in ShuffleBuffer.Shuffle(open().Where(FitsOrCounts).Skip(options.SizeValidSet), options.ShuffleBuffer, (ulong)options.Seed))
            {
                rows++;
                yield return row;
            }
            if (rows == 0) throw new ConfigurationException($"{path}: size_valid_set ({options.SizeValidSet}) and max_characters ({options.MaxCharacters?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}) leave no row to train on");
            Length = rows;
        }
    }

    private bool Fits(SftExample row) => options.MaxCharacters is not { } most || RowCharacters.Of(row) <= most;

    private bool FitsOrCounts(SftExample row)
    {
        if (Fits(row)) return true;
        if (Length is null) LeftOut++;
        return false;
    }
}
