// One point's own report: every part of its result document as a table.
"use strict";
const shown = JSON.parse(document.getElementById("data").textContent);

function node(name, parent, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function text(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.length > 12 ? value.length + " values" : value.map(text).join(", ");
  if (typeof value !== "object") return String(value);
  if ("value" in value && "unit" in value) return `${value.value} ${value.unit === "1" ? "" : value.unit} ${value.basis ? "(" + value.basis + ")" : ""}`;
  return Object.entries(value).map(([key, part]) => `${key} ${text(part)}`).join(", ");
}

function listTable(parent, list) {
  const keys = [...new Set(list.flatMap(Object.keys))], table = node("table", parent);
  const head = node("tr", node("thead", table));
  for (const key of keys) node("th", head, key);
  const body = node("tbody", table);
  for (const item of list) {
    const line = node("tr", body);
    for (const key of keys) {
      const cell = node("td", line, text(item[key]));
      if (typeof item[key] === "number") cell.className = "number";
    }
  }
}

function part(title, value) {
  const section = node("section", document.querySelector("main"));
  section.className = "wide";
  node("h2", section, title);
  const place = node("div", section);
  place.className = "scroll";
  const isList = Array.isArray(value) && value.length > 0 && typeof value[0] === "object";
  if (isList) return listTable(place, value);
  if (title === "energy" && value.components) return listTable(place, [{component: "total", ...value.total}, ...value.components]);
  if (value === null || typeof value !== "object" || Array.isArray(value)) return void node("p", place, text(value));
  listTable(place, Object.entries(value).map(([name, figure]) =>
    figure !== null && typeof figure === "object" && !Array.isArray(figure) && !("values" in figure) ? {name, ...figure} : {name, value: text(figure)}));
}

document.getElementById("summary").textContent = shown.summary;
part("settings", shown.settings);
const plain = {};
for (const [name, value] of Object.entries(shown.document)) if (value === null || typeof value !== "object" || "unit" in value) plain[name] = value;
part("run", plain);
for (const [name, value] of Object.entries(shown.document))
  if (!(name in plain) && Object.keys(value).length > 0) part(name, value);
