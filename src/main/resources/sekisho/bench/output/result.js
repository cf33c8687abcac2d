// Draws the plots of the report from the result, which stands in the page as JSON.
"use strict";
(() => {
  const result = JSON.parse(document.getElementById("result").textContent);
  const timeline = result.timeline;
  const seconds = timeline.map(sample => sample.second);
  const wanted = result.settings.rate || 0;
  const plots = [];

  const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const number = digits => (plot, value) =>
    value == null ? "–" : value.toLocaleString("en", { maximumFractionDigits: digits });
  const line = (label, index, values, digits = 0) => ({ label, index, values, digits });

  /** Seconds in which the service moved rows to MySQL. */
  const flushes = timeline.filter((sample, i) =>
    i > 0 && sample.queue && timeline[i - 1].queue && sample.queue.flushed > timeline[i - 1].queue.flushed);

  const marks = {
    drawClear: plot => {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.strokeStyle = colour("c5");
      ctx.setLineDash([4, 4]);
      for (const sample of flushes) {
        const x = plot.valToPos(sample.second, "x", true);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
      ctx.restore();
    },
  };

  function draw(id, description, lines, { marked = false, stacked = false } = {}) {
    const figure = document.getElementById(id);
    if (!figure) return;
    const box = document.createElement("div");
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", description);
    figure.append(box);
    let values = lines.map(each => each.values);
    if (stacked) {
      let below = seconds.map(() => 0);
      values = values.map(each => (below = each.map((value, i) => below[i] + value)));
    }
    const axis = () => ({
      stroke: colour("soft"),
      grid: { stroke: colour("rule"), width: 1 },
      ticks: { stroke: colour("rule") },
    });
    const options = {
      width: box.clientWidth,
      height: 260,
      hooks: marked ? { drawClear: [marks.drawClear] } : {},
      scales: { x: { time: false }, y: { range: (plot, min, max) => [0, Math.max(max * 1.05, 1e-3)] } },
      axes: [
        { ...axis(), values: (plot, splits) => splits.map(split => split + " s") },
        { ...axis(), size: 64, values: (plot, splits) => splits.map(split => number(3)(plot, split)) },
      ],
      // Each area reaches down to the one below it, not to the axis.
      bands: stacked ? lines.slice(1).map((each, i) => ({ series: [i + 2, i + 1] })) : [],
      series: [
        { label: "second", value: number(0) },
        ...lines.map((each, i) => ({
          label: each.label,
          stroke: colour("c" + each.index),
          fill: stacked ? colour("c" + each.index) + "99"
            : lines.length === 1 ? colour("c" + each.index) + "33" : undefined,
          width: 2,
          points: { show: seconds.length < 3 },
          paths: each.bars ? uPlot.paths.bars({ size: [0.5, 12] }) : undefined,
          value: (plot, value, series, index) =>
            number(each.digits)(plot, index == null ? null : each.values[index]),
        })),
      ],
    };
    plots.push({ plot: new uPlot(options, [seconds, ...values], box), box });
  }

  function drawAll() {
    for (const { plot, box } of plots.splice(0)) {
      plot.destroy();
      box.remove();
    }
    const failures = timeline.map(sample => sample.failures);
    draw("rate", "Answers per second over time", [
      line("answers/s", 0, timeline.map(sample => sample.requests_per_second)),
      ...(wanted ? [line("wanted", 5, timeline.map(() => wanted))] : []),
      ...(failures.some(count => count > 0) ? [{ ...line("failures", 1, failures), bars: true }] : []),
    ], { marked: true });
    draw("latency", "Median and 99th percentile of the latency over time", [
      line("median ms", 0, timeline.map(sample => sample.p50 / 1000), 3),
      line("99% ms", 1, timeline.map(sample => sample.p99 / 1000), 3),
    ], { marked: true });
    const named = field => Object.keys(timeline[0]?.[field] ?? {})
      .filter(name => timeline.some(sample => sample[field][name] > 0));
    const lines = (field, digits) => named(field).map((name, i) =>
      line(name, i, timeline.map(sample => sample[field][name] ?? 0), digits));
    draw("routes", "Answers per second by route over time", lines("routes", 0), { stacked: true });
    draw("outcomes", "Attempts per second by outcome over time", lines("outcomes", 0), { stacked: true });
    draw("cpu", "CPUs in use by process over time", lines("cpu", 2), { stacked: true });
    const queue = timeline.map(sample => sample.queue);
    draw("queue", "Attempts that wait for MySQL, and attempts flushed per second, over time", [
      line("waiting", 0, queue.map(each => each ? each.length : null)),
      line("flushed/s", 1, queue.map((each, i) => each && queue[i - 1]
        ? (each.flushed - queue[i - 1].flushed) / (seconds[i] - seconds[i - 1]) : null)),
    ], { marked: true });
  }

  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) {
      width = innerWidth;
      for (const { plot, box } of plots) plot.setSize({ width: box.clientWidth, height: 260 });
    }
  });
})();
