// SPDX-License-Identifier: Apache-2.0
// Draws one report at a time from the JSON in the page. Nothing is fetched.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const charts = [];
const colours = ["#2f6fb2", "#d1782a", "#3b8f55", "#8a5fb0", "#b23a48", "#5f6b7a", "#bd9b16", "#2b9aa0"];

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const count = (x) => Number(x).toLocaleString("en-US");

/// A number with an SI prefix, as the terminal writes it.
function si(value, unit) {
  if (unit === "1" || unit === "") return count(+value.toPrecision(6));
  if (value === 0) return `0 ${unit}`;
  const counted = ["clock", "byte", "tick"].includes(unit);
  const steps = [[1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"], [1e-12, "p"], [1e-15, "f"]];
  const [factor, prefix] = steps.find(([f]) => (counted && f <= 1) || Math.abs(value) >= f * 0.99995) || [1, ""];
  return `${+(value / factor).toPrecision(4)} ${prefix}${unit}`;
}

function section(parent, title, note = "") {
  const box = document.createElement("section");
  box.innerHTML = `<h2>${escape(title)}</h2>${note ? `<p class="soft">${escape(note)}</p>` : ""}`;
  parent.append(box);
  return box;
}

function plot(box, name, option, height = 340) {
  const place = document.createElement("div");
  place.className = "plot";
  place.style.height = `${height}px`;
  place.id = `plot-${name}`;
  box.append(place);
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({ animation: false, color: colours, textStyle: { fontFamily: "inherit" }, ...option });
  charts.push(chart);
  return chart;
}

function table(box, head, rows) {
  const cell = (tag) => (x) => `<${tag}>${escape(x)}</${tag}>`;
  const place = document.createElement("div");
  place.innerHTML = `<table><thead><tr>${head.map(cell("th")).join("")}</tr></thead><tbody>` +
    rows.map((row) => `<tr>${row.map(cell("td")).join("")}</tr>`).join("") + "</tbody></table>";
  box.append(place);
}

const zoomX = [{ type: "inside", xAxisIndex: "all", filterMode: "none" }, { type: "slider", xAxisIndex: "all", height: 18, bottom: 6, filterMode: "none" }];
const grid = { left: 70, right: 24, top: 36, bottom: 62 };

// ---- spikes ----

/// Points of the raster as [tick, row]; rows count through all populations.
function rasterSeries(raster) {
  const names = { matched: "in both", missed: "only in the reference", added: "only in this run" };
  return raster.groups.map((group, k) => ({
    name: names[group.name] || group.name, type: "scatter", large: group.points.length > 8000, largeThreshold: 4000,
    symbol: "rect", symbolSize: group.points.length > 40000 ? 1.6 : 3.2,
    itemStyle: { color: { matched: "#2f6fb2", missed: "#b3261e", added: "#e08a1e" }[group.name] || colours[k % colours.length] },
    data: pairs(group.points), xAxisIndex: 0, yAxisIndex: 0,
  }));
}

function pairs(flat) {
  const out = new Array(flat.length / 2);
  for (let k = 0; k < out.length; k++) out[k] = [flat[2 * k], flat[2 * k + 1]];
  return out;
}

function neuronName(raster, row) {
  const owner = raster.rows.findLast((r) => r.first <= row);
  return owner ? `${owner.name} ${row - owner.first}` : String(row);
}

function drawRaster(main, raster) {
  if (!raster) return;
  const told = raster.drawn < raster.spikes
    ? `${count(raster.drawn)} of ${count(raster.spikes)} spikes are drawn, picked at random with a fixed key; the rate below counts all of them.`
    : `All ${count(raster.spikes)} spikes are drawn.`;
  const box = section(main, "Spikes", told + " Wheel or slider to zoom, drag to move.");
  const series = rasterSeries(raster);
  series.push({ name: "rate", type: "line", step: "end", symbol: "none", areaStyle: { opacity: 0.25 }, lineStyle: { width: 1, color: "#5f6b7a" },
    itemStyle: { color: "#5f6b7a" }, data: raster.rate.map((n, k) => [k * raster.rate_ticks, n]), xAxisIndex: 1, yAxisIndex: 1 });
  const axis = { type: "value", min: 0, max: raster.ticks };
  plot(box, "raster", {
    legend: { type: "scroll", top: 0, data: series.slice(0, -1).map((s) => s.name) },
    tooltip: { formatter: (p) => p.seriesName === "rate" ? `${p.value[1]} spikes in ${raster.rate_ticks} tick(s) from ${p.value[0]}`
      : `${escape(p.seriesName)}: ${escape(neuronName(raster, p.value[1]))}, tick ${p.value[0]}` },
    grid: [{ left: 70, right: 24, top: 34, height: "56%" }, { left: 70, right: 24, bottom: 62, height: "15%" }],
    xAxis: [{ ...axis, gridIndex: 0, axisLabel: { show: false } }, { ...axis, gridIndex: 1, name: "tick", nameLocation: "middle", nameGap: 22 }],
    yAxis: [{ type: "value", name: "neuron", min: 0, max: Math.max(1, raster.neurons), gridIndex: 0 },
      { type: "value", name: "spikes", gridIndex: 1, splitNumber: 2 }],
    dataZoom: [...zoomX, { type: "inside", yAxisIndex: 0, filterMode: "none", zoomOnMouseWheel: "shift" }],
    series,
  }, 480);
}

function drawComparison(main, difference) {
  if (!difference) return;
  const box = section(main, "Against the reference", "Counts and times are measured. Interval: change of the time between two spikes of a neuron; delay: how " +
    "much later the n-th spike comes; disorder: spikes that overtook one of the same population.");
  const line = (name, d) => [name, count(d.reference), count(d.other), count(d.matched), count(d.missed), count(d.added),
    d.mean_interval_distortion.toFixed(3), d.max_interval_distortion.toFixed(0), d.mean_delay.toFixed(3), count(d.disorder ?? 0),
    `${(100 * (d.rate_error ?? 0)).toFixed(2)} %`];
  table(box, ["population", "reference", "this run", "in both", "missed", "added", "interval [tick]", "max", "delay [tick]", "disorder", "rate error"],
    [...Object.entries(difference.populations).map(([name, d]) => line(name, d)), line("all", difference.total)]);
  const worst = (difference.neurons || []).slice(0, 400);
  if (worst.length === 0) return;
  plot(box, "distortion", {
    grid, tooltip: { trigger: "axis" }, legend: { top: 0 }, dataZoom: zoomX,
    xAxis: { type: "category", data: worst.map((n) => `${n.population} ${n.neuron}`), axisLabel: { hideOverlap: true } },
    yAxis: { type: "value", name: "tick" },
    series: [{ name: "mean interval distortion", type: "bar", data: worst.map((n) => n.mean_interval_distortion) },
      { name: "mean delay", type: "bar", data: worst.map((n) => n.mean_delay) }],
  });
}

// ---- time ----

/// Largest value of each of at most `most` stretches: a peak is never lost.
function peaks(values, most) {
  const width = Math.ceil(values.length / most);
  const out = [];
  for (let k = 0; k < values.length; k += width) {
    let top = k;
    for (let j = k; j < Math.min(values.length, k + width); j++) if (values[j] > values[top]) top = j;
    out.push([top, values[top]]);
  }
  return { points: out, width };
}

function drawTime(main, report) {
  const series = report.latency["clocks per tick"];
  const named = Object.entries(report.latency).filter(([, d]) => d.count !== undefined);
  if (!series && named.length === 0) return;
  const hz = report.latency.clock ? report.latency.clock.value : 0;
  const { points, width } = peaks(series ? series.values : [], 20000);
  const box = section(main, "Time of each tick", (hz ? `Clocks are ${series ? series.basis : "measured"}; seconds at ${si(hz, "Hz")}. ` : "") +
    (width > 1 ? `Each point is the slowest of ${width} ticks.` : ""));
  if (points.length > 0) {
    plot(box, "ticks", {
      grid, dataZoom: zoomX,
      tooltip: { trigger: "axis", formatter: ([p]) => `tick ${p.value[0]}: ${count(p.value[1])} clocks${hz ? ` = ${si(p.value[1] / hz, "s")}` : ""}` },
      xAxis: { type: "value", name: "tick", nameLocation: "middle", nameGap: 22, max: series.values.length },
      yAxis: { type: "value", name: "clocks" },
      series: [{ name: "clocks", type: "line", symbol: "none", lineStyle: { width: 1 }, data: points }],
    });
  }
  table(box, ["latency", "min", "mean", "p99", "max", "samples", "basis"],
    named.map(([name, d]) => [name, si(d.min, d.unit), si(d.mean, d.unit), si(d.p99, d.unit), si(d.max, d.unit), count(d.count), d.basis]));
}

function drawHistograms(main, report) {
  const all = Object.entries(report.histograms || {}).filter(([, h]) => h.counts.length > 0);
  if (all.length === 0) return;
  const pair = document.createElement("div");
  pair.className = "pair";
  main.append(pair);
  for (const [name, h] of all) {
    plot(section(pair, name, `${h.basis}, in ${h.unit === "1" ? "hops or counts" : h.unit}`), `histogram-${name.replace(/\W+/g, "-")}`, {
      grid: { ...grid, bottom: 40 }, tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: h.values.map((v) => si(v, h.unit)) }, yAxis: { type: "value", name: "messages" },
      series: [{ name: "messages", type: "bar", barCategoryGap: "8%", data: h.counts }],
    });
  }
}

// ---- energy ----

function drawEnergy(main, report) {
  const parts = report.energy.components.filter((c) => c.value > 0).sort((a, b) => a.value - b.value);
  if (parts.length === 0) return;
  const box = section(main, "Energy by component", `Total ${si(report.energy.total.value, "J")}, modelled: activity times the table named with each part.`);
  plot(box, "energy", {
    grid: { left: 170, right: 90, top: 10, bottom: 36 },
    tooltip: { formatter: (p) => { const c = parts[p.dataIndex];
      return `${escape(c.component)}: ${si(c.value, "J")}<br>${si(c.count, c.count_unit)} × ${si(c.each, c.count_unit === "s" ? "W" : "J")}<br>${escape(c.source)}`; } },
    xAxis: { type: "value", axisLabel: { formatter: (x) => si(x, "J") } },
    yAxis: { type: "category", data: parts.map((c) => c.component) },
    series: [{ name: "energy", type: "bar", data: parts.map((c) => c.value), label: { show: true, position: "right", formatter: (p) => si(p.value, "J") } }],
  }, 60 + 34 * parts.length);
}

// ---- floorplan ----

/// Cores on their mesh: as the report says, else in rows that make a square.
function layoutOf(report, cores) {
  if (report.floorplan) return report.floorplan;
  const columns = Math.max(1, Math.ceil(Math.sqrt(cores)));
  return { columns, rows: Math.ceil(cores / columns), cores_per_router: 1, links: [] };
}

function placeOf(layout, core) {
  const router = Math.floor(core / layout.cores_per_router);
  const wide = Math.ceil(Math.sqrt(layout.cores_per_router));
  const high = Math.ceil(layout.cores_per_router / wide);
  const inside = core % layout.cores_per_router;
  return [(router % layout.columns) * wide + (inside % wide), Math.floor(router / layout.columns) * high + Math.floor(inside / wide), wide, high];
}

function drawFloorplan(main, report) {
  const lines = report.utilisation.filter((u) => u.core !== undefined && u.limit > 0);
  if (lines.length === 0) return;
  const resources = [...new Set(lines.map((u) => u.resource))];
  const cores = Math.max(...lines.map((u) => u.core)) + 1;
  const layout = layoutOf(report, cores);
  const share = (u) => (100 * u.used) / u.limit;
  const [, , wide, high] = placeOf(layout, 0);
  const across = layout.columns * wide, up = layout.rows * high;
  const box = section(main, "Floorplan: how full each core is", `${layout.columns} × ${layout.rows} routers. Colour: ` +
    (resources.length > 1 ? "the fullest resource of each core; the tooltip has them all." : resources[0] + "."));
  const byCore = new Map();
  for (const u of lines) byCore.set(u.core, [...(byCore.get(u.core) || []), u]);
  const cells = [...byCore].map(([core, list]) => [...placeOf(layout, core).slice(0, 2), +Math.max(...list.map(share)).toFixed(2), core]);
  plot(box, "floorplan", {
    grid: { left: 50, right: 110, top: 16, bottom: 34 },
    tooltip: { formatter: (p) => `core ${p.value[3]}<br>` + byCore.get(p.value[3]).map((u) =>
      `${escape(u.resource)}: ${count(u.used)} of ${count(u.limit)} (${share(u).toFixed(1)} %)`).join("<br>") },
    xAxis: { type: "category", data: [...Array(across).keys()], name: "x" }, yAxis: { type: "category", data: [...Array(up).keys()], name: "y" },
    visualMap: { min: 0, max: 100, calculable: true, orient: "vertical", right: 6, top: "middle", text: ["100 %", "0 %"], inRange: { color: ["#eef3f8", "#7fb0d8", "#2f6fb2", "#d1782a", "#b3261e"] } },
    series: [{ name: "use", type: "heatmap", data: cells, itemStyle: { borderColor: "#fff", borderWidth: 1 } }],
  });
  drawLinks(main, layout);
}

function drawLinks(main, layout) {
  const links = (layout.links || []).filter((l) => l.load > 0);
  if (links.length === 0) return;
  const top = Math.max(...links.map((l) => l.load));
  const box = section(main, "Floorplan: load of the links", `Flits in the whole run, ${layout.links_basis || "measured"}; the busiest link carried ${count(top)}.`);
  // The two directions of a link lie side by side.
  const ends = links.map((l) => {
    const dx = Math.sign(l.to[0] - l.from[0]), dy = Math.sign(l.to[1] - l.from[1]);
    const shift = [0.08 * dy, -0.08 * dx];
    return { coords: [[l.from[0] + shift[0], l.from[1] + shift[1]], [l.to[0] + shift[0], l.to[1] + shift[1]]], value: l.load, link: l };
  });
  plot(box, "links", {
    grid: { left: 50, right: 110, top: 16, bottom: 34 },
    tooltip: { formatter: (p) => `(${p.data.link.from}) → (${p.data.link.to}): ${count(p.data.link.load)} flits` },
    xAxis: { type: "value", min: -0.5, max: layout.columns - 0.5, name: "x", interval: 1 },
    yAxis: { type: "value", min: -0.5, max: layout.rows - 0.5, name: "y", interval: 1 },
    visualMap: { min: 0, max: top, calculable: true, orient: "vertical", right: 6, top: "middle", inRange: { color: ["#cfdbe8", "#2f6fb2", "#d1782a", "#b3261e"] } },
    series: [{ name: "load", type: "lines", coordinateSystem: "cartesian2d", lineStyle: { width: 3, opacity: 1 }, symbol: ["none", "arrow"], symbolSize: 6, data: ends }],
  });
}

// ---- words ----

function drawWords(main, report) {
  const facts = { target: report.target, chip: report.chip, device: report.device || "-", seed: report.seed, ticks: count(report.ticks),
    "tick length": si(report.dt.value, "s"), network: report.network_hash, image: report.image_hash, ...report.options };
  const box = section(main, "The run");
  const list = document.createElement("dl");
  list.innerHTML = Object.entries(facts).map(([k, v]) => `<dt>${escape(k)}</dt><dd>${escape(v)}</dd>`).join("");
  box.append(list);
  const diagnostics = section(main, "Diagnostics");
  diagnostics.innerHTML += report.warnings.length === 0 ? "<p class=soft>None.</p>"
    : `<ul class=warnings>${report.warnings.map((w) => `<li>${escape(w)}</li>`).join("")}</ul>`;
}

function drawTables(main, report) {
  table(section(main, "Populations"), ["population", "neurons", "spikes", "late by retiming [tick]"],
    report.populations.map((p) => [p.name, count(p.neurons), count(p.spikes), p.pipeline_offset]));
  const figures = { ...report.activity, ...Object.fromEntries(Object.entries(report.link).map(([k, f]) => [`link ${k}`, f])), ...report.host };
  if (Object.keys(figures).length > 0)
    table(section(main, "Counters"), ["counter", "value", "basis"], Object.entries(figures).map(([k, f]) => [k, si(f.value, f.unit), f.basis]));
  if (report.quantisation.length > 0)
    table(section(main, "Quantisation"), ["owner", "parameter", "values", "largest error", "relative", "clipped"],
      report.quantisation.map((q) => [q.owner, q.parameter, count(q.count), q.max_error.toPrecision(4), `${(100 * q.max_relative).toFixed(3)} %`, count(q.saturated)]));
}

function drawOverview(main) {
  if (data.length < 2) return;
  table(section(main, `${data.length} reports`), ["report", "target", "device", "ticks", "spikes", "mean tick", "energy"], data.map((d) => {
    const r = d.report, tick = r.latency.tick;
    return [d.name, r.target, r.device || "-", count(r.ticks), count(r.populations.reduce((n, p) => n + p.spikes, 0)),
      tick ? si(tick.mean, "s") : "-", r.energy.total.value > 0 ? si(r.energy.total.value, "J") : "-"];
  }));
}

function show(number) {
  charts.splice(0).forEach((chart) => chart.dispose());
  const main = document.querySelector("main");
  main.replaceChildren();
  const { name, report, raster, difference } = data[number];
  document.querySelector("h1").textContent = `${report.command} on ${report.target}: ${name}`;
  drawOverview(main);
  drawWords(main, report);
  drawRaster(main, raster);
  drawComparison(main, difference);
  drawTime(main, report);
  drawHistograms(main, report);
  drawEnergy(main, report);
  drawFloorplan(main, report);
  drawTables(main, report);
  document.body.dataset.plots = charts.length;
}

const choice = document.querySelector("select");
choice.innerHTML = data.map((d, k) => `<option value="${k}">${escape(d.name)}</option>`).join("");
choice.hidden = data.length < 2;
choice.addEventListener("change", () => show(+choice.value));
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
show(0);
