// The pictures: front in two and three objectives, parallel coordinates, sensitivities.
"use strict";
const passing = new Map(); // brushes of the parallel coordinates: column -> [low, high] in [0, 1]

function dot(row, x, y, size, fill, ringed, parent) {
  const node = element("circle", {cx: x, cy: y, r: size, fill, class: ringed ? "point ring" : "point"}, parent);
  element("title", {}, node, describe(row));
  node.addEventListener("click", () => openReport(row));
}

function drawFront2(xColumn, yColumn, colourColumn) {
  const width = 640, height = 420, left = 88, right = 16, top = 14, bottom = 46;
  const svg = chart("front2", width, height);
  const xs = scale(xColumn, complete), ys = scale(yColumn, complete), paint = colouring(colourColumn, complete);
  const px = v => left + xs.place(v) * (width - left - right), py = v => height - bottom - ys.place(v) * (height - top - bottom);
  for (const [at, text] of xs.marks) {
    const x = left + at * (width - left - right);
    element("line", {x1: x, x2: x, y1: top, y2: height - bottom, class: "grid"}, svg);
    element("text", {x, y: height - bottom + 15, "text-anchor": "middle"}, svg, text);
  }
  for (const [at, text] of ys.marks) {
    const y = height - bottom - at * (height - top - bottom);
    element("line", {x1: left, x2: width - right, y1: y, y2: y, class: "grid"}, svg);
    element("text", {x: left - 6, y: y + 4, "text-anchor": "end"}, svg, text);
  }
  element("line", {x1: left, x2: width - right, y1: height - bottom, y2: height - bottom, class: "axis"}, svg);
  element("line", {x1: left, x2: left, y1: top, y2: height - bottom, class: "axis"}, svg);
  element("text", {x: (left + width - right) / 2, y: height - 8, "text-anchor": "middle", class: "title"}, svg, xColumn.label + goalText(xColumn));
  element("text", {x: 14, y: (height - bottom) / 2, "text-anchor": "middle", class: "title", transform: `rotate(-90 14 ${(height - bottom) / 2})`}, svg, yColumn.label + goalText(yColumn));
  const best = frontOf(complete, [xColumn, yColumn]);
  let path = "";
  best.forEach((row, k) => {
    const x = px(xColumn.of(row)), y = py(yColumn.of(row));
    path += k === 0 ? `M${x} ${y}` : `H${x}V${y}`;
  });
  element("path", {d: path, class: "stairs"}, svg);
  for (const row of [...complete].sort((a, b) => onFront.has(a.design) - onFront.has(b.design)))
    dot(row, px(xColumn.of(row)), py(yColumn.of(row)), onFront.has(row.design) ? 5.5 : 4, paint(colourColumn.of(row)), onFront.has(row.design), svg);
}

function goalText(column) {
  return column.goal ? (column.goal === "max" ? ", more is better" : ", less is better") : "";
}

let turn = 0.7, tilt = 0.45;
function drawFront3(chosen) {
  const width = 640, height = 420, size = 250;
  const svg = chart("front3", width, height);
  const scales = chosen.map(c => scale(c, complete));
  const best = new Set(frontOf(complete, chosen).map(row => row.id));
  const project = ([x, y, z]) => {
    const a = x - 0.5, b = y - 0.5, c = z - 0.5;
    const u = a * Math.cos(turn) - b * Math.sin(turn), depth = a * Math.sin(turn) + b * Math.cos(turn);
    return [width / 2 + size * u, height / 2 - size * (c * Math.cos(tilt) - depth * Math.sin(tilt)) * 0.95, depth * Math.cos(tilt) + c * Math.sin(tilt)];
  };
  const corners = [0, 1];
  for (const p of corners) for (const q of corners)
    for (const [from, to] of [[[0, p, q], [1, p, q]], [[p, 0, q], [p, 1, q]], [[p, q, 0], [p, q, 1]]]) {
      const [x1, y1] = project(from), [x2, y2] = project(to);
      element("line", {x1, y1, x2, y2, class: p + q === 0 ? "axis" : "grid"}, svg);
    }
  chosen.forEach((c, k) => {
    const end = [0, 0, 0];
    for (const part of [0, 1]) {
      end[k] = part;
      const [x, y] = project(end), s = scales[k];
      if (s.low !== undefined && part === 1) element("text", {x, y: y + 12, "text-anchor": "middle"}, svg, short(s.high));
    }
    end[k] = 0.5;
    const [x, y] = project(end);
    element("text", {x, y: y + 18, "text-anchor": "middle", class: "title"}, svg, c.label + goalText(c));
  });
  const paint = colouring(chosen[2], complete);
  complete.map(row => ({row, at: project(chosen.map((c, k) => scales[k].place(c.of(row))))}))
    .sort((a, b) => b.at[2] - a.at[2])
    .forEach(({row, at}) => dot(row, at[0], at[1], best.has(row.id) ? 6 : 3.2, paint(chosen[2].of(row)), best.has(row.id), svg));
  svg.onpointerdown = start => {
    const move = e => {
      turn = startTurn + (e.clientX - start.clientX) / 120;
      tilt = Math.max(-1.5, Math.min(1.5, startTilt + (e.clientY - start.clientY) / 120));
      drawFront3(chosen);
    };
    const startTurn = turn, startTilt = tilt;
    if (start.target.tagName === "circle") return;
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", () => window.removeEventListener("pointermove", move), {once: true});
  };
}

function passes(row) {
  for (const [column, [low, high, place]] of passing) {
    const at = column.of(row) === null ? -1 : place(column.of(row));
    if (at < low || at > high) return false;
  }
  return true;
}

function drawParallel(changed) {
  const shown = columns.filter((c, k) => k >= settingCount || new Set(complete.map(c.of)).size > 1);
  const width = Math.max(1150, shown.length * 130), height = 400, left = 90, right = 90, top = 44, bottom = 18;
  const svg = chart("parallel", width, height);
  const scales = shown.map(c => scale(c, complete)), paint = colouring(objectives[0], complete);
  const px = k => shown.length < 2 ? width / 2 : left + k * (width - left - right) / (shown.length - 1);
  const py = at => height - bottom - at * (height - top - bottom);
  const traces = [...complete].sort((a, b) => onFront.has(a.design) - onFront.has(b.design)).map(row => {
    const points = shown.map((c, k) => px(k) + "," + py(scales[k].place(c.of(row)))).join(" ");
    const node = element("polyline", {points, stroke: paint(objectives[0].of(row)), class: onFront.has(row.design) ? "trace front" : "trace"}, svg);
    element("title", {}, node, describe(row));
    node.addEventListener("click", () => openReport(row));
    return {row, node};
  });
  const refresh = () => { for (const t of traces) t.node.classList.toggle("out", !passes(t.row)); changed(); };
  shown.forEach((c, k) => drawParallelAxis(svg, c, scales[k], px(k), py, [top, height - bottom], k % 2, refresh));
}

function drawParallelAxis(svg, column, by, x, py, [top, bottom], lowered, refresh) {
  element("line", {x1: x, x2: x, y1: top, y2: bottom, class: "axis"}, svg);
  element("text", {x: Math.max(x, column.label.length * 3.6), y: lowered ? 30 : 14, "text-anchor": "middle", class: "title"}, svg, column.label);
  for (const [at, text] of by.marks) element("text", {x: x + 5, y: py(at) + 4}, svg, text);
  const brush = element("rect", {x: x - 7, width: 14, y: 0, height: 0, class: "brush"}, svg);
  const grip = element("rect", {x: x - 12, width: 24, y: top, height: bottom - top, fill: "transparent", "data-axis": column.name, style: "cursor: row-resize"}, svg);
  const locate = e => {
    const point = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return Math.max(top, Math.min(bottom, point.y));
  };
  grip.addEventListener("pointerdown", e => {
    const from = locate(e);
    grip.setPointerCapture(e.pointerId);
    const show = (a, b) => { brush.setAttribute("y", Math.min(a, b)); brush.setAttribute("height", Math.abs(a - b)); };
    grip.onpointermove = move => show(from, locate(move));
    grip.onpointerup = up => {
      grip.onpointermove = null;
      const to = locate(up), part = y => (bottom - y) / (bottom - top);
      if (Math.abs(from - to) < 3) { passing.delete(column); show(0, 0); }
      else { passing.set(column, [part(Math.max(from, to)), part(Math.min(from, to)), by.place]); show(from, to); }
      refresh();
    };
  });
}

function drawSensitivity() {
  const place = document.querySelector("#sensitivity .chart");
  const grid = html("div", {class: "matrix"}, place);
  grid.style.gridTemplateColumns = `repeat(${data.objectives.length}, minmax(240px, 1fr))`;
  for (const one of data.sensitivity) {
    const box = html("div", {}, grid);
    html("b", {}, box, (100 * one.share).toFixed(one.share < 0.1 ? 1 : 0) + " %");
    html("span", {}, box, one.objective + " over " + one.setting);
    drawEffect(element("svg", {viewBox: "0 0 320 130"}, box), one.levels);
  }
}

function drawEffect(svg, levels) {
  const left = 66, right = 26, top = 8, bottom = 24, width = 320, height = 130;
  const low = Math.min(...levels.map(l => l.min)), high = Math.max(...levels.map(l => l.max));
  const px = k => levels.length < 2 ? (left + width - right) / 2 : left + 12 + k * (width - left - right - 24) / (levels.length - 1);
  const py = v => high > low ? top + (high - v) / (high - low) * (height - top - bottom) : (top + height - bottom) / 2;
  const heights = high > low ? [low, (low + high) / 2, high] : [low], texts = labels(heights);
  heights.forEach((v, k) => {
    element("line", {x1: left, x2: width - right, y1: py(v), y2: py(v), class: "grid"}, svg);
    element("text", {x: left - 5, y: py(v) + 4, "text-anchor": "end"}, svg, texts[k]);
  });
  const band = levels.map((l, k) => `${px(k)},${py(l.max)}`).concat(levels.map((l, k) => `${px(k)},${py(l.min)}`).reverse());
  element("polygon", {points: band.join(" "), class: "band"}, svg);
  element("polyline", {points: levels.map((l, k) => `${px(k)},${py(l.mean)}`).join(" "), class: "effect"}, svg);
  const longest = Math.max(...levels.map(l => l.label.length)), room = Math.max(1, Math.floor(44 / (longest + 2)));
  const every = Math.ceil(levels.length / room);
  levels.forEach((l, k) => {
    const dotted = element("circle", {cx: px(k), cy: py(l.mean), r: 3, fill: "var(--mark)"}, svg);
    element("title", {}, dotted, `${l.label}: mean ${short(l.mean)}, ${short(l.min)} to ${short(l.max)}, ${l.points} points`);
    if (k % every === 0) element("text", {x: px(k), y: height - 8, "text-anchor": "middle"}, svg, l.label.length > 22 ? l.label.slice(0, 21) + "…" : l.label);
  });
}
