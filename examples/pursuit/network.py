# SPDX-License-Identifier: Apache-2.0
"""The pursuit network, written down, not trained: each pixel of the event sensor drives the two motor neurons that turn
the gaze its way, the more the farther it is from the centre."""

PIXELS = 16  # a side of the sensor
DT = 0.002  # [s]


def network():
    centre = (PIXELS - 1) / 2
    pull = [(p - centre) / centre for p in range(PIXELS)]  # -1 .. 1
    weights = []
    for sign, axis in ((-1, 0), (1, 0), (-1, 1), (1, 1)):  # left, right, down, up
        for y in range(PIXELS):
            for x in range(PIXELS):
                weights.append(round(max(0.0, sign * (pull[x] if axis == 0 else pull[y])), 4))
    return {
        "name": "pursuit", "dt": DT, "reset": "subtract",
        "populations": [{"name": "events", "size": PIXELS * PIXELS, "model": "spike_source"},
                        {"name": "motor", "size": 4, "model": "lif", "output": True,
                         "parameters": {"tau": 0.01, "r": 0.01 / DT, "v_threshold": 0.9}}],
        "projections": [{"pre": "events", "post": "motor", "connector": {"type": "dense"}, "weights": weights, "delays": 1}],
    }
