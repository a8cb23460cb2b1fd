// SPDX-License-Identifier: Apache-2.0
// Appended to a page under test: looks at every plot, hovers and zooms, and leaves its findings in the document.
"use strict";
(async () => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  /// Points of a canvas that differ from its corner: what is drawn.
  const dots = (place) => {
    let found = 0;
    for (const canvas of place.querySelectorAll("canvas")) {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (let k = 0; k < data.length; k += 4) if (data[k + 3] > 0 && (data[k] !== data[0] || data[k + 1] !== data[1] || data[k + 2] !== data[2])) found++;
    }
    return found;
  };
  const send = (place, event, [x, y], more = {}) => {
    const box = place.getBoundingClientRect();
    const at = { bubbles: true, cancelable: true, clientX: box.left + x, clientY: box.top + y, ...more };
    place.querySelector("canvas").dispatchEvent(event === "wheel" ? new WheelEvent(event, at) : new MouseEvent(event, at));
  };
  const span = (chart) => { const zoom = chart.getOption().dataZoom[0]; return zoom.end - zoom.start; };

  await pause(300);
  const findings = { errors: window.pageErrors, plots: {} };
  for (const place of document.querySelectorAll(".plot")) {
    const chart = echarts.getInstanceByDom(place);
    const option = chart.getOption();
    const found = (findings.plots[place.id] = { dots: dots(place) });
    place.scrollIntoView();
    // The mouse over a datum in the middle of the first series that has any.
    const seriesIndex = option.series.findIndex((s) => s.data && s.data.length > 0);
    const series = option.series[seriesIndex];
    const dataIndex = Math.floor(series.data.length / 2);
    if (series.type === "scatter") send(place, "mousemove", chart.convertToPixel({ seriesIndex }, series.data[dataIndex]));
    else chart.dispatchAction({ type: "showTip", seriesIndex, dataIndex });
    await pause(200);
    found.tip = [...place.children].slice(1).map((child) => child.textContent).join(" ");
    if ((option.dataZoom || []).length === 0) continue;
    const before = span(chart);
    // Wheel events that a script makes turn the other way round.
    send(place, "wheel", [place.clientWidth / 2, place.clientHeight / 3], { deltaY: 240 });
    await pause(400);
    found.zoomed = span(chart) < before;
  }
  const out = document.createElement("pre");
  out.id = "findings";
  out.textContent = JSON.stringify(findings);
  document.body.append(out);
})();
