#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a network file in Brian2's C++ standalone mode and prints rates and speed as network_benchmark does.

    benchmarks/golden/brian2_network.py microcircuit.json [--ticks 10000] [--warm-up 1000] [--threads N]

Same neurons, connectors, distributions and dt; the draws are numpy's. Models lif and cuba_lif (integrated exactly) and
if; poisson sources connected one to one. Exit status 77 where Brian2 is not installed.
"""
import argparse
import json
import shutil
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
try:
    import brian2 as b2
    import numpy
except ImportError:
    print("Brian2 is not installed: apt-get install python3-brian", file=sys.stderr)
    sys.exit(77)

EQUATIONS = {
    "lif": "dv/dt = (v_leak - v + r * bias) / tau : 1 {hold}\n",
    "if": "dv/dt = r * bias / second : 1 {hold}\n",
    "cuba_lif": "dv/dt = (v_leak - v + r * (current + w_in * bias)) / tau_mem : 1 {hold}\n"
                "dcurrent/dt = -current / tau_syn : 1\n",
}
NAMES = {"lif": ["tau", "v_leak", "r"], "if": ["r"], "cuba_lif": ["tau_mem", "tau_syn", "v_leak", "r", "w_in"]}
DEFAULTS = {"v_leak": 0.0, "r": 1.0, "w_in": 1.0, "bias": 0.0, "v_reset": 0.0, "refractory": 0, "v_threshold": 1.0}
SECONDS = {"tau", "tau_mem", "tau_syn"}


def drawn(values, count, rng, integers=False):
    """`count` numbers as the file describes them; what falls out of bounds is drawn again."""
    if not isinstance(values, dict):
        return numpy.full(count, float(values))
    if values["distribution"] == "uniform":
        if integers:
            return rng.integers(int(values["minimum"]), int(values["maximum"]) + 1, count).astype(float)
        return rng.uniform(values["minimum"], values["maximum"], count)
    low, high = values.get("minimum", -numpy.inf), values.get("maximum", numpy.inf)
    result = numpy.full(count, numpy.nan)
    missing = numpy.arange(count)
    while missing.size:
        x = rng.normal(values["mean"], values["deviation"], missing.size)
        result[missing] = numpy.round(x) if integers else x
        missing = missing[(result[missing] < low) | (result[missing] > high)]
    return result


def pairs(connector, pre, post, same, rng):
    """Pre and post elements of all synapses."""
    kind = connector if isinstance(connector, str) else connector["type"]
    if kind == "fixed_total_number":
        return rng.integers(0, pre, connector["count"]), rng.integers(0, post, connector["count"])
    if kind == "fixed_outdegree":
        degree = connector["outdegree"]
        return numpy.repeat(numpy.arange(pre), degree), rng.integers(0, post, degree * pre)
    if kind != "fixed_probability":
        sys.exit(f"connector {kind} is not known here")
    i, j = numpy.nonzero(rng.random((pre, post)) < connector["probability"])
    keep = i != j if same and not connector.get("allow_self", True) else slice(None)
    return i[keep], j[keep]


def neurons(model, populations, network, rng):
    """One group for all populations of a model; parameters that differ are kept for each neuron."""
    dt = network["dt"]
    given = [{**DEFAULTS, **p.get("parameters", {})} for p in populations]
    sizes = [p["size"] for p in populations]
    equations = EQUATIONS[model].format(hold="(unless refractory)" if any(g["refractory"] for g in given) else "")
    namespace, columns = {}, {}
    for name in NAMES[model] + ["bias", "v_threshold", "v_reset"]:
        values = [g[name] for g in given]
        if all(v == values[0] for v in values) and not isinstance(values[0], dict):
            namespace[name] = values[0] * b2.second if name in SECONDS else values[0]
        else:
            equations += f"{name} : {'second' if name in SECONDS else '1'} (constant)\n"
            column = numpy.concatenate([drawn(v, n, rng) for v, n in zip(values, sizes)])
            columns[name] = column * b2.second if name in SECONDS else column
    hold = int(given[0]["refractory"])
    group = b2.NeuronGroup(sum(sizes), equations, threshold="v > v_threshold", method="exact", namespace=namespace,
                           reset="v -= v_threshold" if network.get("reset") == "subtract" else "v = v_reset",
                           refractory=(hold + 0.5) * dt * b2.second if hold else False)
    for name, column in columns.items():
        setattr(group, name, column)
    group.v = numpy.concatenate([drawn(g.get("v_init", 0.0), n, rng) for g, n in zip(given, sizes)])
    return group


def jump(model, population, dt):
    """What a spike of weight 1 adds to: the charge of a pulse that lasts one tick."""
    p = {**DEFAULTS, **population.get("parameters", {})}
    if model == "cuba_lif":
        return "current", p["w_in"] * dt / p["tau_syn"]
    return "v", p["r"] * dt / p["tau"] if model == "lif" else p["r"] * dt


def build(network, rng):
    """Everything of the file as Brian2 objects: (objects, views by population, synapses)."""
    dt, files = network["dt"], {p["name"]: p for p in network["populations"]}
    models = sorted({p["model"] for p in files.values()} - {"poisson"})
    if len(models) != 1:
        sys.exit("one neuron model a network is known here")
    members = [p for p in files.values() if p["model"] == models[0]]
    group = neurons(models[0], members, network, rng)
    first = dict(zip((p["name"] for p in members), numpy.cumsum([0] + [p["size"] for p in members])))
    objects, i, j, weights, delays = [group], [], [], [], []
    for p in network["projections"]:
        target, gain = jump(models[0], files[p["post"]], dt)
        pre, post = files[p["pre"]], files[p["post"]]
        if pre["model"] == "poisson":
            # Up to a thousand events a tick, so that counts are Poisson in all but name.
            view = group[first[p["post"]]:first[p["post"]] + post["size"]]
            objects.append(b2.PoissonInput(view, target, 1000, pre["parameters"]["rate"] / 1000 * b2.Hz,
                                           p["weights"] * gain))
            continue
        a, b = pairs(p["connector"], pre["size"], post["size"], pre is post, rng)
        i.append(a + first[p["pre"]])
        j.append(b + first[p["post"]])
        weights.append(drawn(p["weights"], a.size, rng) * gain)
        delays.append(drawn(p.get("delays", 1), a.size, rng, integers=True))
    synapses = b2.Synapses(group, group, "w : 1", on_pre=f"{target}_post += w")
    synapses.connect(i=numpy.concatenate(i), j=numpy.concatenate(j))
    synapses.w = numpy.concatenate(weights)
    synapses.delay = numpy.concatenate(delays) * dt * b2.second
    return objects + [synapses], first, members, numpy.bincount(numpy.concatenate(i), minlength=len(group))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--ticks", type=int, default=10_000)
    parser.add_argument("--warm-up", type=int, default=1_000)
    parser.add_argument("--threads", type=int, default=0, help="OpenMP threads; 0: none")
    options = parser.parse_args()
    with open(options.file, encoding="utf-8") as file:
        network = json.load(file)
    b2.BrianLogger.suppress_hierarchy("brian2")
    folder = tempfile.mkdtemp(prefix="spikeloom_brian2_")
    b2.set_device("cpp_standalone", directory=folder, build_on_run=False)
    b2.prefs.devices.cpp_standalone.openmp_threads = options.threads
    b2.prefs.devices.cpp_standalone.extra_make_args_unix = ["-j1"]
    dt = network["dt"]
    b2.defaultclock.dt = dt * b2.second
    b2.seed(network.get("seed", 0))
    start = time.time()
    objects, first, members, degree = build(network, numpy.random.default_rng(network.get("seed", 0)))
    net = b2.Network(*objects)
    net.run(options.warm_up * dt * b2.second)
    monitor = b2.SpikeMonitor(objects[0])
    net.add(monitor)
    net.run(options.ticks * dt * b2.second)
    b2.device.build(directory=folder, compile=True, run=False, debug=False)
    made = time.time() - start
    b2.device.run(folder, with_output=False, run_args=[])
    run, seconds = b2.device._last_run_time, options.ticks * dt  # time of the last run() alone
    counts = numpy.array(monitor.count)
    events = float(numpy.dot(counts, degree))
    print(f"{network['name']}: Brian2 {b2.__version__}, C++ standalone, {max(1, options.threads)} thread(s)")
    print(f"  made and compiled in {made:.1f} s, {int(degree.sum())} synapses")
    print(f"  {seconds:.2f} s simulated in {run:.2f} s: {events / seconds:.4g} recurrent synaptic events per simulated "
          f"second, {events / run * 1e-6:.1f} M events/s")
    for p in members:
        spikes = counts[first[p["name"]]:first[p["name"]] + p["size"]].sum()
        print(f"  {p['name']:12} {p['size']:>8} neurons {spikes / p['size'] / seconds:8.3f} Hz")
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
