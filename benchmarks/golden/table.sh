#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the whole table of docs/performance.md, golden part: random networks with 1 and 2 threads, the emulator's
# integers, the cortical microcircuit at a tenth and Brunel's network, Brian2 beside them where it is installed.
# Usage: benchmarks/golden/table.sh [BIN folder, default build/bin] [--large]   (--large: 1 M x 1000, 6 GB)
# Takes under five minutes on a machine with nothing else to do.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=build/bin
large=()
for word in "$@"; do
    if [ "$word" = --large ]; then large=(--large); else bin=$word; fi
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "$(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1); load before: $(cut -d' ' -f1-3 /proc/loadavg)"
for threads in 1 2; do
    [ "$threads" -le "$(nproc)" ] || continue
    "$bin/golden_benchmark" --threads "$threads" "${large[@]}"
done
"$bin/emulator_benchmark"
/usr/bin/python3 examples/microcircuit/generate.py --scale 0.1 -o "$folder/microcircuit.json"
/usr/bin/python3 examples/balanced/brunel.py -o "$folder/brunel.json"
for network in "microcircuit --integrator exact" "brunel"; do
    read -r name options <<<"$network"
    for threads in 1 2; do
        # shellcheck disable=SC2086
        "$bin/network_benchmark" "$folder/$name.json" $options --warm-up 2000 --ticks 10000 --threads "$threads"
    done
    if /usr/bin/python3 -c "import brian2" 2>/dev/null; then
        /usr/bin/python3 benchmarks/golden/brian2_network.py "$folder/$name.json" --warm-up 2000 --ticks 10000
    else
        echo "  Brian2: not installed"
    fi
done
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
