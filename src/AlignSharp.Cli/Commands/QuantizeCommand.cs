using System.CommandLine;
using System.Globalization;
using AlignSharp.Recipes;
using AlignSharp.Runtime;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align quantize</c>: a model folder in 4 bits.</summary>
internal static class QuantizeCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("quantize", "Write a model folder with its projections in the 4 bits of bitsandbytes, which transformers reads and AlignSharp trains adapters over.");
        var options = new CommandOptions(command);
        var model = options.Required("model", "DIR", "Model folder in full precision.");
        var output = options.Required("output_dir", "DIR", "Folder to write; it must not exist, or be empty.");
        var fourBit = new FourBitSwitches(options, doubleQuantization: true);
        var dtype = options.Value("dtype", "TYPE", "Type that weights are rounded to first and that what is not quantised keeps: float32, bfloat16, float16 [auto: the stored one].");
        var json = options.Switch("json", "A JSON object: output_dir, projections, quant_type, double_quant, bits_per_weight, bytes_before, bytes_after.");
        command.SetAction((parsed, cancellation) =>
        {
            var run = new QuantizeRunOptions
            {
                Model = parsed.GetRequiredValue(model),
                OutputDir = parsed.GetRequiredValue(output),
                FourBit = fourBit.Read(parsed),
                Dtype = CommandOptions.Choice(parsed, dtype, ModelOptions.Dtypes) ?? DtypeChoice.Auto,
            };
            var report = TorchThread.Run(() =>
            {
                LibTorch.Load();
                return QuantizeRecipe.Run(run, cancellation);
            });
            var results = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) JsonLines.Write(results, report);
            else results.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{report.OutputDir}: {report.Projections} projections in {report.QuantType}{(report.DoubleQuant ? " with nested scales" : "")}, {report.BitsPerWeight:0.00} bits a weight; {report.BytesBefore / 1e6:N1} MB became {report.BytesAfter / 1e6:N1} MB"));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
