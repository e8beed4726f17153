// Accuracy over confidence: a dot a bin, as large as the bin is full.
function drawCalibration() {
  const { before, after } = scored.calibration;
  const total = before.count.reduce((sum, count) => sum + count, 0);
  const line = (bins, tint) => {
    const full = bins.count.map((count, bin) => bin).filter((bin) => bins.count[bin]);
    const pick = (list) => full.map((bin) => list[bin]);
    return {
      x: pick(bins.confidence), y: pick(bins.accuracy), type: "scatter", mode: "lines+markers",
      line: { color: color(tint), width: 2 },
      marker: { color: color(tint), size: pick(bins.count).map((count) => 5 + 22 * Math.sqrt(count / total)), opacity: 0.85, line: { width: 0 } },
      customdata: pick(bins.count), cliponaxis: false,
      hovertemplate: "sure %{x:.1%}, right %{y:.1%}<br>%{customdata} images<extra></extra>",
    };
  };
  const traces = [line(before, "said"), ...(after ? [line(after, "right")] : [])];
  const side = { range: [-0.03, 1.03], tickformat: ".0%", dtick: 0.2, zeroline: false };
  return Plotly.react("calibration-chart", traces, frame({
    margin: { l: 52, r: 24, t: 8, b: 44 },
    xaxis: axis({ ...side, title: { text: "how sure it is", standoff: 6 } }),
    yaxis: axis({ ...side, title: { text: "how often it is right", standoff: 6 } }),
    shapes: [{ type: "line", x0: 0, y0: 0, x1: 1, y1: 1, layer: "below", line: { color: color("muted"), width: 1, dash: "dot" } }],
  }), still);
}
