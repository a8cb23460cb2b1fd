#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a network file in Brian2's C++ standalone mode and prints rates and speed as network_benchmark does.

    benchmarks/golden/brian2_network.py microcircuit.json [--ticks 10000] [--warm-up 1000] [--threads N] [--record]

Same neurons, connectors, distributions and dt; the draws are Brian2's own. Models: lif and cuba_lif (exact
integration) and if, poisson sources that are connected one to one. Exit status 77 where Brian2 is not installed.
"""
import argparse
import json
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
try:
    import brian2 as b2
except ImportError:
    print("Brian2 is not installed: apt-get install python3-brian", file=sys.stderr)
    sys.exit(77)

EQUATIONS = {
    "lif": "dv/dt = (v_leak - v + r * shift) / tau : 1 {hold}",
    "if": "dv/dt = r * shift : 1 {hold}",
    "cuba_lif": "dv/dt = (v_leak - v + r * (current + w_in * shift)) / tau_mem : 1 {hold}\ndcurrent/dt = -current / tau_syn : 1",
}
DEFAULTS = {"v_leak": 0.0, "r": 1.0, "w_in": 1.0, "bias": 0.0, "v_reset": 0.0, "refractory": 0, "v_threshold": 1.0}
SECONDS = {"tau", "tau_mem", "tau_syn"}


def expression(values):
    """The value of the file as a Brian2 expression for each element, and its bounds."""
    if isinstance(values, (int, float)):
        return repr(float(values)), None
    if values["distribution"] == "uniform":
        return "{0!r} + ({1!r} - {0!r}) * rand()".format(float(values["minimum"]), float(values["maximum"])), None
    return "{!r} + {!r} * randn()".format(float(values["mean"]), float(values["deviation"])), values


def delay_expression(values, dt):
    """Delays [s], whole ticks. Draws out of bounds are clipped, not drawn again."""
    text, bounds = expression(values)
    low = bounds.get("minimum", 1) if bounds else 1
    high = bounds.get("maximum", 1e6) if bounds else 1e6
    if isinstance(values, dict) and values["distribution"] == "uniform":
        low, high = values["minimum"], values["maximum"]
        text = f"floor({low} + ({high} - {low} + 1) * rand())"
    return f"clip(floor(({text}) + 0.5), {low}, {high}) * {dt!r} * second"


def group(population, dt, reset):
    """A neuron group of the file, with its initial state."""
    parameters = {**DEFAULTS, **population["model_parameters"]}
    model = population["model"]
    namespace = {k: v * b2.second if k in SECONDS else v for k, v in parameters.items()
                 if isinstance(v, (int, float))}
    if model == "if":
        namespace["r"] = parameters["r"] / b2.second
    namespace["shift"] = parameters["bias"]
    refractory = int(parameters["refractory"])
    hold = "(unless refractory)" if refractory else ""
    after = "v -= v_threshold" if reset == "subtract" else "v = v_reset"
    made = b2.NeuronGroup(population["size"], EQUATIONS[model].format(hold=hold), threshold="v > v_threshold",
                          reset=after, method="exact", namespace=namespace,
                          refractory=(refractory + 0.5) * dt * b2.second if refractory else False)
    made.v = expression(parameters.get("v_init", 0.0))[0]
    return made


def jump(population, dt):
    """What a synapse adds to on a spike of weight w: the charge of a pulse that lasts one tick."""
    p = {**DEFAULTS, **population["model_parameters"]}
    if population["model"] == "cuba_lif":
        return "current", p["w_in"] * dt / p["tau_syn"]
    return "v", p["r"] * dt / p["tau"] if population["model"] == "lif" else p["r"] * dt


def synapses(projection, pre, post, target, gain, dt):
    """The synapses of one projection."""
    weights, bounds = expression(projection["weights"])
    constant = isinstance(projection["weights"], (int, float))
    changed = f"{target}_post += {float(projection['weights']) * gain!r}" if constant else f"{target}_post += w"
    made = b2.Synapses(pre, post, "" if constant else "w : 1", on_pre=changed)
    connector = projection["connector"]
    kind = connector if isinstance(connector, str) else connector["type"]
    if kind == "fixed_total_number":
        import numpy
        rng = numpy.random.default_rng(1 + len(synapses.made))
        count = connector["count"]
        made.connect(i=rng.integers(0, len(pre), count), j=rng.integers(0, len(post), count))
    elif kind == "fixed_outdegree":
        import numpy
        rng = numpy.random.default_rng(1 + len(synapses.made))
        degree = connector["outdegree"]
        made.connect(i=numpy.repeat(numpy.arange(len(pre)), degree),
                     j=rng.integers(0, len(post), degree * len(pre)))
    elif kind == "fixed_probability":
        made.connect(condition=None if connector.get("allow_self", True) else "i != j", p=connector["probability"])
    else:
        made.connect(j="i")
    if not constant:
        low = bounds.get("minimum", -1e30) if bounds else -1e30
        high = bounds.get("maximum", 1e30) if bounds else 1e30
        made.w = f"{gain!r} * clip({weights}, {low}, {high})"
    made.delay = delay_expression(projection.get("delays", 1), dt)
    synapses.made.append(made)
    return made


synapses.made = []


def build(network):
    """Everything of the file as Brian2 objects."""
    dt, reset = network["dt"], network.get("reset", "value")
    for p in network["populations"]:
        p["model_parameters"] = p.get("parameters", {})
    files = {p["name"]: p for p in network["populations"]}
    groups = {n: group(p, dt, reset) for n, p in files.items() if p["model"] != "poisson"}
    objects = []
    for p in network["projections"]:
        target, gain = jump(files[p["post"]], dt)
        source = files[p["pre"]]
        if source["model"] == "poisson":
            # Up to a hundred events a tick, so that counts are Poisson in all but name.
            objects.append(b2.PoissonInput(groups[p["post"]], target, 1000,
                                           source["model_parameters"]["rate"] / 1000 * b2.Hz, p["weights"] * gain))
        else:
            objects.append(synapses(p, groups[p["pre"]], groups[p["post"]], target, gain, dt))
    return groups, objects


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
    b2.prefs.devices.cpp_standalone.extra_make_args_unix = ["-j1"]
    folder = tempfile.mkdtemp(prefix="spikeloom_brian2_")
    b2.prefs.devices.cpp_standalone.extra_make_args_unix = ["-j1"]  # the default starts a compiler for every file
    b2.set_device("cpp_standalone", directory=folder, build_on_run=False)
    b2.prefs.devices.cpp_standalone.openmp_threads = options.threads
    dt = network["dt"]
    b2.defaultclock.dt = dt * b2.second
    b2.seed(network.get("seed", 0))
    start = time.time()
    groups, objects = build(network)
    counts = {n: b2.SpikeMonitor(g, record=False) for n, g in groups.items()}
    net = b2.Network(*groups.values(), *objects, *counts.values())
    net.run(options.warm_up * dt * b2.second)
    net.run(options.ticks * dt * b2.second)
    b2.device.build(directory=folder, compile=True, run=False, debug=False)
    compiled = time.time() - start
    start = time.time()
    b2.device.run(folder, with_output=False, run_args=[])
    whole = time.time() - start
    seconds = (options.ticks + options.warm_up) * dt
    run = b2.device._last_run_time  # of the last run() alone
    print(f"{network['name']}: Brian2 {b2.__version__}, C++ standalone, {max(1, options.threads)} thread(s)")
    events = 0.0
    spikes = {n: int(m.num_spikes) for n, m in counts.items()}
    for p in network["projections"]:
        files = {q["name"]: q for q in network["populations"]}
        if p["pre"] not in spikes:
            continue
        pre, post, c = files[p["pre"]]["size"], files[p["post"]]["size"], p["connector"]
        size = (c["count"] if "count" in c else c["outdegree"] * pre if "outdegree" in c
                else c["probability"] * pre * post if "probability" in c else pre)
        events += spikes[p["pre"]] / pre * size
    print(f"  made and compiled in {compiled:.1f} s, whole program {whole:.1f} s")
    print(f"  {options.ticks * dt:.2f} s simulated in {run:.2f} s: {events / seconds:.4g} synaptic events per simulated "
          f"second, {events / seconds * options.ticks * dt / run * 1e-6:.1f} M events/s")
    for n, g in groups.items():
        print(f"  {n:12} {len(g):8} neurons {spikes[n] / len(g) / seconds:8.3f} Hz")


if __name__ == "__main__":
    main()
