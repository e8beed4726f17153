function drawScree() {
  const bars = (when, tint) => ({
    x: cloud[when].explained.map((_, place) => place + 1), y: cloud[when].explained, type: "bar",
    marker: { color: color(tint) }, hovertemplate: `component %{x}, ${when}: %{y:.1%}<extra></extra>`,
  });
  return Plotly.react("scree-chart", [bars("before", "train"), bars("after", "right")], frame({
    margin: { l: 48, r: 8, t: 8, b: 40 }, bargap: 0.3,
    xaxis: axis({ title: { text: "principal component", standoff: 6 }, showgrid: false, dtick: 1 }),
    yaxis: axis({ tickformat: ".0%", rangemode: "tozero", nticks: 4 }),
  }), still);
}
