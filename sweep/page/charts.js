// What all charts share: the data, scales, SVG elements, colours.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const settingCount = data.settings.length;
// Columns of numbers and words: first the settings, then the objectives.
const columns = [
  ...data.settings.map((name, at) => ({name, label: name, of: row => row.settings[at]})),
  ...data.objectives.map((o, at) => ({
    name: o.name, label: o.name + " [" + o.unit + "]", goal: o.goal, of: row => row.objectives[at]})),
];
const objectives = columns.slice(settingCount);
const complete = data.rows.filter(row => row.status === "ok");
const onFront = new Set(data.front);

function element(name, attributes, parent, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

function html(name, attributes, parent, text) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

function chart(id, width, height) {
  const place = document.querySelector("#" + id + " .chart");
  place.textContent = "";
  return element("svg", {viewBox: `0 0 ${width} ${height}`}, place);
}

function short(value) {
  if (typeof value !== "number") return value === null || value === undefined ? "" : String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

// Round values that divide [low, high] into about `count` parts.
function ticks(low, high, count) {
  if (!(high > low)) return [low];
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high * (1 + 1e-12); ++k) found.push(Number((k * step).toPrecision(12)));
  return found;
}

// Labels of ascending numbers: as many digits as it takes to tell them apart.
function labels(values) {
  for (let digits = 2; digits < 9; ++digits) {
    const texts = values.map(v => Math.abs(v) >= 1e5 || (v !== 0 && Math.abs(v) < 1e-3) ? v.toExponential(digits) : short(v));
    if (new Set(texts).size === values.length) return texts;
  }
  return values.map(String);
}

// A column's values onto [0, 1]; words are spread in the order of their names.
function scale(column, rows) {
  const values = rows.map(column.of).filter(v => v !== null);
  const numeric = values.every(v => typeof v === "number");
  if (!numeric) {
    const words = [...new Set(values.map(String))].sort();
    const place = v => words.length < 2 ? 0.5 : words.indexOf(String(v)) / (words.length - 1);
    return {words, place, marks: words.map(w => [place(w), w])};
  }
  let low = Infinity, high = -Infinity;
  for (const v of values) { low = Math.min(low, v); high = Math.max(high, v); }
  const room = high > low ? (high - low) * 0.04 : Math.abs(low) * 0.05 || 1;
  const from = low - room, to = high + room, place = v => (v - from) / (to - from);
  const places = ticks(low, high, 5), texts = labels(places);
  return {low, high, place, marks: places.map((v, k) => [place(v), texts[k]])};
}

// Viridis at five stops.
const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [240, 205, 30]];
const hues = ["#0b62c4", "#d1451b", "#2a9d57", "#8d4fc4", "#b8860b", "#17888f", "#c2408c", "#5d6b7c"];

function colouring(column, rows) {
  const by = scale(column, rows);
  if (by.words) return v => hues[by.words.indexOf(String(v)) % hues.length];
  return v => {
    const at = Math.max(0, Math.min(0.9999, by.high > by.low ? (v - by.low) / (by.high - by.low) : 0.5)) * (stops.length - 1);
    const k = Math.floor(at), mix = at - k;
    return "rgb(" + stops[k].map((c, i) => Math.round(c + mix * (stops[k + 1][i] - c))).join(",") + ")";
  };
}

function describe(row) {
  return "point " + row.id + "\n" + columns.map(c => c.label + ": " + short(c.of(row))).join("\n");
}

function openReport(row) {
  if (row.report) window.open(row.report, "_blank");
}

// Rows that no other beats in these objectives.
function frontOf(rows, chosen) {
  const signs = chosen.map(c => c.goal === "max" ? -1 : 1);
  const scored = rows.map(row => ({row, at: chosen.map((c, k) => signs[k] * c.of(row))}));
  scored.sort((a, b) => { for (let k = 0; k < signs.length; ++k) if (a.at[k] !== b.at[k]) return a.at[k] - b.at[k]; return 0; });
  const front = [];
  for (const one of scored) {
    const beaten = front.some(f => f.at.every((v, k) => v <= one.at[k]) && f.at.some((v, k) => v < one.at[k]));
    if (!beaten) front.push(one);
  }
  return front.map(f => f.row);
}

function options(id, list, chosen, changed) {
  const select = document.getElementById(id);
  list.forEach((c, k) => html("option", {value: k}, select, c.label));
  select.value = Math.min(chosen, list.length - 1);
  select.addEventListener("change", changed);
  return () => list[Number(select.value)];
}
