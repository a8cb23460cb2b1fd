# SPDX-License-Identifier: Apache-2.0
"""Draws what the core saw and answered for the first digits: pixel spikes, hidden spikes, output spikes."""
import numpy as np

import digits_data as data
import tool

SHOWN = 6
TICK = 6.0    # SVG units a tick
LEFT, TOP = 70.0, 34.0


def dots(events, y0, pitch, colour):
    """One path of short strokes for (tick, neuron) events: small files, sharp at any zoom."""
    strokes = "".join(f"M{LEFT + TICK * t:.1f} {y0 + pitch * n:.1f}v{max(pitch * 0.8, 1.2):.1f}" for t, n in events)
    return f'<path d="{strokes}" stroke="{colour}" stroke-width="2.2" fill="none"/>'


def label(x, y, text, anchor="middle", size=13, colour="#333"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{text}</text>'


def draw(path, spikes, rows, report, labels):
    shown = min(SHOWN, len(labels))
    ticks = shown * data.IMAGE_TICKS
    hidden, output = (p["name"] for p in report["populations"][-2:])
    bands = [("pixels", data.PIXELS, 2.0, 0), (hidden, next(p["neurons"] for p in report["populations"]
                                                           if p["name"] == hidden), 1.0, None),
             (output, data.CLASSES, 9.0, None)]
    width, parts, y = LEFT + TICK * ticks + 12, [], TOP
    table = tool.counts(rows, output, len(labels), data.IMAGE_TICKS, tool.offset_of(report, output))
    for image in range(shown):
        x = LEFT + TICK * data.IMAGE_TICKS * image
        right = table[image].argmax() == labels[image]
        parts.append(label(x + TICK * data.IMAGE_TICKS / 2, 16,
                           f"a {labels[image]}: read as {table[image].argmax()}", colour="#176" if right else "#b22"))
        parts.append(f'<path d="M{x:.1f} {TOP - 8}V{TOP + 470}" stroke="#ddd"/>')
    for name, size, pitch, _ in bands:
        if name == "pixels":
            events = [(t, n) for t, n in zip(*np.nonzero(spikes[:shown].reshape(-1, data.PIXELS)))]
        else:
            late = tool.offset_of(report, name)
            events = [(t - late, n) for t, p, n in rows if p == name and late <= t < ticks + late]
        parts.append(dots(events, y, pitch, {"pixels": "#555", hidden: "#26b", output: "#c50"}[name]))
        parts.append(label(LEFT - 8, y + size * pitch / 2, f"{name}", "end"))
        parts.append(label(LEFT - 8, y + size * pitch / 2 + 14, f"{size}", "end", 11, "#888"))
        if name == output:
            parts += [label(LEFT + TICK * ticks + 3, y + pitch * n + 8, str(n), "start", 8, "#999") for n in range(size)]
        y += size * pitch + 16
    parts.append(label(LEFT, y + 8, f"ticks of 1 ms; {data.IMAGE_TICKS} a digit", "start", 11, "#888"))
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {y + 18:.0f}" '
                   f'width="{width:.0f}" font-family="sans-serif"><rect width="100%" height="100%" fill="white"/>'
                   + "".join(parts) + "</svg>\n")
