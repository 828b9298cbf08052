#!/usr/bin/env bash
# Feeds every parser a million damaged inputs between them, another million each day: eng/fuzz-nightly.sh [EXECUTIONS per target=120000]
# Failing inputs are written to fuzz-findings and named; exit code 1 if there are any.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec nice dotnet run -c Release --project tests/AlignSharp.Fuzz -- all --executions "${1:-120000}" --seed "$(date +%Y%m%d)" --findings fuzz-findings
