#!/usr/bin/env bash
# Runs one fuzz target under afl-fuzz for some seconds: eng/fuzz.sh TARGET [SECONDS=60] [OUTPUT=fuzz-findings/TARGET-afl]
# Needs afl++ (apt install afl++) and a package feed for the tool that instruments the assembly (SharpFuzz.CommandLine, MIT).
# Crashing inputs lie in OUTPUT/default/crashes; dotnet run ... -- TARGET --replay FILE shows what each does. Exit code 1 if there are any.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${1:?usage: eng/fuzz.sh TARGET [SECONDS] [OUTPUT]}
seconds=${2:-60}
output=${3:-fuzz-findings/$target-afl}
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is not installed: apt install afl++" >&2; exit 2; }
version=$(sed -nE 's/.*"SharpFuzz" Version="([^"]+)".*/\1/p' Directory.Packages.props)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet publish tests/AlignSharp.Fuzz -c Release -o "$work/program" -v quiet
dotnet tool install SharpFuzz.CommandLine --version "$version" --tool-path "$work/tool" >/dev/null
"$work/tool/sharpfuzz" "$work/program/AlignSharp.Data.dll"

# The program is no native binary that afl compiled, and the core pattern of a container cannot be changed.
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
export DOTNET_TieredPGO=0
mkdir -p "$output"
afl-fuzz -i "tests/AlignSharp.Fuzz/corpus/$target" -o "$output" -t 10000 -m none -V "$seconds" -- dotnet "$work/program/AlignSharp.Fuzz.dll" "$target" --afl

found=$(find "$output/default/crashes" -type f -name 'id*' | wc -l)
grep -E '^(execs_done|execs_per_sec|edges_found|corpus_count) ' "$output/default/fuzzer_stats"
echo "$target: $found crashing inputs in $output/default/crashes"
[[ $found -eq 0 ]]
