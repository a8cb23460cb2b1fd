// The table of points, and the wiring of the page.
"use strict";
const mostRows = 500; // drawn at a time
let order = {column: null, down: false};

const tableColumns = [
  {name: "id", label: "point", of: row => row.id},
  ...(data.repeats > 1 ? [{name: "repeat", label: "repeat", of: row => row.repeat}] : []),
  ...(data.generations > 1 ? [{name: "generation", label: "generation", of: row => row.generation}] : []),
  ...columns,
  {name: "status", label: "status", of: row => row.status},
  {name: "seconds", label: "time [s]", of: row => row.seconds},
  {name: "why", label: "why", of: row => row.why},
];

// Words must all be in the row; NAME<VALUE, NAME>VALUE and NAME=VALUE compare a column.
function matcher(text) {
  const tests = text.trim().split(/\s+/).filter(Boolean).map(word => {
    const parts = /^(.+?)(<=|>=|<|>|=)(.+)$/.exec(word);
    const column = parts && tableColumns.find(c => c.name.toLowerCase().startsWith(parts[1].toLowerCase()));
    if (!column) return row => tableColumns.some(c => String(c.of(row) ?? "").toLowerCase().includes(word.toLowerCase()));
    const wanted = Number(parts[3]);
    return row => {
      const value = column.of(row);
      if (value === null || value === undefined) return false;
      if (parts[2] === "=") return String(value) === parts[3] || value === wanted;
      return parts[2] === "<" ? value < wanted : parts[2] === ">" ? value > wanted : parts[2] === "<=" ? value <= wanted : value >= wanted;
    };
  });
  return row => tests.every(test => test(row));
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}

function drawTable() {
  const match = matcher(document.getElementById("filter").value), status = document.getElementById("status").value;
  const frontOnly = document.getElementById("front-only").checked;
  let rows = data.rows.filter(row => match(row) && (!status || row.status === status) && (!frontOnly || onFront.has(row.design)));
  if (passing.size > 0) rows = rows.filter(row => row.status === "ok" && passes(row));
  if (order.column) rows.sort((a, b) => (order.down ? -1 : 1) * compare(order.column.of(a), order.column.of(b)) || a.id - b.id);
  const body = document.querySelector("#points tbody");
  body.textContent = "";
  for (const row of rows.slice(0, mostRows)) {
    const line = html("tr", onFront.has(row.design) ? {class: "front"} : {}, body);
    for (const column of tableColumns) {
      const value = column.of(row);
      const cell = html("td", column.name === "why" ? {class: "why"} : typeof value === "number" ? {class: "number"} : {}, line);
      if (column.name === "id" && row.report) html("a", {href: row.report, target: "_blank"}, cell, String(value));
      else cell.textContent = short(value);
      if (column.name === "why") cell.title = row.why;
    }
  }
  document.getElementById("shown").textContent = `${Math.min(rows.length, mostRows)} of ${rows.length} rows`;
  document.querySelectorAll("#points th").forEach((head, k) => {
    const sorted = tableColumns[k] === order.column;
    head.textContent = tableColumns[k].label + (sorted ? (order.down ? " ▼" : " ▲") : "");
  });
}

function start() {
  document.querySelector("h1").textContent = data.name;
  const counts = Object.entries(data.counts).map(([name, count]) => `${count} ${name}`).join(", ");
  const cut = data.rows.length < data.total ? `; this page draws ${data.rows.length} of them` : "";
  document.getElementById("summary").textContent =
    `${data.total} points: ${counts}${cut}. Front: ${data.front.length} designs. Spec ${data.spec_hash}${data.tool_version ? ", spikeloom " + data.tool_version : ""}.`;
  const head = html("tr", {}, document.querySelector("#points thead"));
  for (const column of tableColumns)
    html("th", {}, head, column.label).addEventListener("click", () => {
      order = {column, down: order.column === column && !order.down};
      drawTable();
    });
  const status = document.getElementById("status");
  html("option", {value: ""}, status, "all");
  for (const name of Object.keys(data.counts)) html("option", {value: name}, status, name);
  for (const id of ["filter", "status", "front-only"]) document.getElementById(id).addEventListener("input", drawTable);
  drawTable();
  if (complete.length === 0) {
    for (const id of ["front2", "front3", "parallel", "sensitivity"]) document.getElementById(id).hidden = true;
    return;
  }
  const two = [["x", objectives, 0], ["y", objectives, 1], ["colour", columns, objectives.length > 2 ? settingCount + 2 : 0]];
  const chosen2 = two.map(([id, list, k]) => options(id, list, k, () => drawFront2(...chosen2.map(c => c()))));
  drawFront2(...chosen2.map(c => c()));
  if (objectives.length < 3) document.getElementById("front3").hidden = true;
  else {
    const chosen3 = ["x3", "y3", "z3"].map((id, k) => options(id, objectives, k, () => drawFront3(chosen3.map(c => c()))));
    drawFront3(chosen3.map(c => c()));
  }
  drawParallel(drawTable);
  drawSensitivity();
}
start();
