# SPDX-License-Identifier: Apache-2.0
"""SANA-FE's DVS-gesture network (snn/dvs.yaml of its repository) as a network file with a fixed mapping.

Weights, biases, thresholds and the core of every neuron are read from the file; nothing of it is kept here.
Two things differ by necessity: a Loihi weight has 8 bits and a sign, so the few weights beyond 255 become two synapses,
of which the second stands in a projection of its own (`sparse`, thus counted apart); and SANA-FE checks no memory.
"""
import json
import sys

import numpy as np

LARGEST_WEIGHT = 255
COLUMNS, ROWS, CORES = 8, 4, 4  # arch/loihi.yaml: mesh of tiles, numbered down the columns; cores of a tile


def read(folder):
    try:
        import yaml
    except ImportError:
        sys.exit("reading SANA-FE's files needs PyYAML (Debian: python3-yaml)")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with open(folder / "snn/dvs.yaml", encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)


def elements(key):
    """Neurons that a key names: 7 or '0..9'."""
    first, _, last = str(key).partition("..")
    return slice(int(first), int(last or first) + 1)


def only(mapping):
    (item,) = mapping.items()
    return item


def population(group, shape):
    """A group as a population: v <- 4095/4096 v + bias + weights; spike above the threshold, then 0."""
    given = group["attributes"]
    if abs(given["leak_decay"] - 4095 / 4096) > 1e-9 or given["reset"] != 0:
        sys.exit(f"group {group['name']}: expected a leak of 4095/4096 and a reset to 0")
    bias = np.zeros(int(np.prod(shape)))
    for neuron in group["neurons"]:
        key, attributes = only(neuron)
        bias[elements(key)] = (attributes or {}).get("bias", 0)
    return {"name": f"layer{group['name']}", "shape": shape, "model": "lif",
            "parameters": {"tau": 4.096, "r": 4096.0, "v_threshold": given["threshold"],
                           "bias": bias.tolist() if bias.any() else 0}}


def out_shape(edge, shape):
    if edge["type"] != "conv2d":
        return None
    if shape != [edge["input_channels"], edge["input_height"], edge["input_width"]]:
        sys.exit("the layers' shapes do not follow from each other")
    return [edge["kernel_count"]] + [(edge[f"input_{d}"] - edge[f"kernel_{d}"]) // edge[f"stride_{d}"] + 1
                                     for d in ("height", "width")]


def weights_of(edge, pre, post):
    """Weights in our order: (out, in, y, x) of a convolution, (out, in) of a dense layer."""
    flat = np.array(edge["weight"])
    if edge["type"] == "conv2d":
        return flat.reshape(edge["kernel_height"], edge["kernel_width"], pre[0], post[0]).transpose(3, 2, 0, 1)
    return flat.reshape(int(np.prod(pre)), int(np.prod(post))).T


def pairs(edge, pre, post, place):
    """(pre, post) neurons of all synapses that have the weight at `place`."""
    if edge["type"] != "conv2d":
        return [(place[1], place[0])]
    out, channel, ky, kx = place
    return [((channel * pre[1] + y * edge["stride_height"] + ky) * pre[2] + x * edge["stride_width"] + kx,
             (out * post[1] + y) * post[2] + x) for y in range(post[1]) for x in range(post[2])]


def projections(name, edge, pre, post, ends, folder):
    """The connection, and another of the parts of weights beyond what the chip holds."""
    weights = weights_of(edge, pre, post)
    held = np.clip(weights, -LARGEST_WEIGHT, LARGEST_WEIGHT)
    np.save(folder / f"{name}.npy", held.astype(float))
    connector = {"type": "dense"}
    if edge["type"] == "conv2d":
        connector = {"type": "conv2d", "kernel": [edge["kernel_height"], edge["kernel_width"]],
                     "stride": edge["stride_height"], "out_channels": edge["kernel_count"]}
    result = [dict(ends, name=name, connector=connector, weights={"npy": f"{name}.npy"})]
    listed = [(*pair, int((weights - held)[tuple(place)]))
              for place in np.argwhere(weights != held) for pair in pairs(edge, pre, post, place)]
    if listed:
        first, second, rest = (list(map(int, column)) for column in zip(*listed))
        result.append(dict(ends, name=f"{name}_rest", connector={"type": "sparse", "pre": first, "post": second},
                           weights=rest))
    return result


def write_mapping(mappings, path):
    rows = ["population,neuron,core"]
    for entry in mappings:
        name, place = only(entry)
        group, neuron = name.split(".")
        tile, core = map(int, place["core"].split("."))
        router = tile % ROWS * COLUMNS + tile // ROWS
        rows.append(f"layer{group},{neuron},{router * CORES + core}")
    path.write_text("\n".join(rows) + "\n", encoding="ascii")


def network(source, folder):
    """Writes dvs.json, its arrays and mapping.csv into `folder`; returns the network's path."""
    given = read(source)
    groups, edges = given["network"]["groups"], [only(edge) for edge in given["network"]["edges"]]
    shape = [1, edges[0][1]["input_height"], edges[0][1]["input_width"]]
    shapes = {str(groups[0]["name"]): shape}
    found = []
    for ends, edge in edges:
        pre, post = (end.strip() for end in ends.split("->"))
        last = [max(elements(only(n)[0]).stop for n in g["neurons"]) for g in groups if str(g["name"]) == post]
        shapes[post] = out_shape(edge, shapes[pre]) or last
        found += projections(f"layer{pre}_layer{post}", edge, shapes[pre], shapes[post],
                             {"pre": f"layer{pre}", "post": f"layer{post}"}, folder)
    path = folder / "dvs.json"
    path.write_text(json.dumps({"name": "dvs", "dt": 1e-3, "reset": "value", "projections": found,
                                "populations": [population(g, shapes[str(g["name"])]) for g in groups]}))
    write_mapping(given["mappings"], folder / "mapping.csv")
    return path
