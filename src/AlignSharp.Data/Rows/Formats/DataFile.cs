using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>
/// A data file's content, uncompressed, from its start to its end. What goes wrong below, a file that cannot be read or compressed data
/// that is damaged, is a fault that names the file.
/// </summary>
internal sealed class DataFile : ForwardStream
{
    private const int BufferBytes = 1 << 16;

    private readonly string _path;

    private DataFile(string path, Stream content)
        : base(content) => _path = path;

    /// <summary>Opens a file's content, uncompressed where the last ending says that it is compressed.</summary>
    /// <exception cref="ConfigurationException">The file is missing or cannot be read.</exception>
    public static DataFile Open(string path) => new(path, Compression.Reading(path, OpenBytes(path)));

    /// <summary>Opens a file's bytes as they are; can seek.</summary>
    /// <exception cref="ConfigurationException">The file is missing or cannot be read.</exception>
    public static FileStream OpenBytes(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException($"{path}: the data file does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Source.Read(buffer);
        }
        catch (Exception error) when (Compression.IsDamage(error))
        {
            throw new DatasetException($"{_path}: the compressed data is damaged or cut off ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')}); copy or download the file again.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(_path, error);
        }
    }

    private static ConfigurationException Unreadable(string path, Exception error) => new($"{path}: the data file cannot be read: {error.Message}", error);
}
