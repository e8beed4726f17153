const difference = (a, b) => a.map((value, i) => (value === null || b[i] === null ? null : value - b[i]));

function drawCurve(id, { x, train, validation, gap, format }) {
  const mode = x.length < 30 ? "lines+markers" : "lines";
  const line = (name, y, tint, width) => ({
    x, y, name, mode, type: "scatter",
    line: { color: color(tint), width }, marker: { size: 5 },
    hovertemplate: `${name} %{y:${format}}<extra></extra>`,
  });
  const traces = [line("training", train, "train", 2), line("validation", validation, "right", 2.5)];
  const scored = gap.some((value) => value !== null);
  if (scored) {
    traces.push({ ...line("gap", gap, "wrong", 2), yaxis: "y2", fill: "tozeroy", fillcolor: color("gap") });
  }
  const layout = frame({
    margin: { l: 48, r: 8, t: 26, b: 40 },
    hovermode: "x unified",
    hoversubplots: "axis",
    xaxis: axis({ title: { text: "epoch", standoff: 6 }, anchor: scored ? "y2" : "y", showgrid: false, ...epochTicks(x.length, 10), unifiedhovertitle: { text: "epoch %{x}" } }),
    yaxis: axis({ domain: scored ? [0.36, 1] : [0, 1], tickformat: format.replace(".4f", "").replace(".1%", ".0%") }),
  });
  if (scored) {
    layout.yaxis2 = axis({ domain: [0, 0.26], nticks: 4, zeroline: true, tickformat: format.replace(".4f", "").replace(".1%", ".0%") });
  }
  return Plotly.react(id, traces, layout, settings);
}

function drawCurves() {
  const epochs = data("curves-data");
  if (!epochs.epoch.length) return [];
  const x = epochs.epoch;
  const rate = [{ x, y: epochs.learning_rate, type: "scatter", mode: x.length < 30 ? "lines+markers" : "lines", line: { color: color("ink"), width: 2 }, marker: { size: 5 }, hovertemplate: "%{y:.4g}<extra>epoch %{x}</extra>" }];
  return [
    drawCurve("loss-chart", {
      x, train: epochs.train_cross_entropy, validation: epochs.validation_cross_entropy,
      gap: difference(epochs.validation_cross_entropy, epochs.train_cross_entropy), format: ".4f",
    }),
    ...(document.getElementById("trained-chart") ? [drawCurve("trained-chart", {
      x, train: epochs.train_loss, validation: epochs.validation_loss,
      gap: difference(epochs.validation_loss, epochs.train_loss), format: ".4f",
    })] : []),
    drawCurve("accuracy-chart", {
      x, train: epochs.train_accuracy, validation: epochs.validation_accuracy,
      gap: difference(epochs.train_accuracy, epochs.validation_accuracy), format: ".1%",
    }),
    Plotly.react("rate-chart", rate, frame({
      margin: { l: 48, r: 8, t: 8, b: 40 },
      xaxis: axis({ title: { text: "epoch", standoff: 6 }, showgrid: false, ...epochTicks(x.length, 20) }),
      yaxis: axis({ rangemode: "tozero", nticks: 4 }),
    }), still),
  ];
}
