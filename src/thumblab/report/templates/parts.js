function fillParts() {
  document.getElementById("part")?.addEventListener("change", () => window.Plotly && drawPart());
}

// One part of the confusion matrix, large enough for its numbers; what left the part stands at the right.
function drawPart() {
  const chart = document.getElementById("part-chart");
  if (!chart) return null;
  const { rows, columns, counts, elsewhere } = scored.parts[Number(document.getElementById("part").value)];
  const left = elsewhere.some((count) => count);
  const whole = counts.map((row, i) => (left ? [...row, elsewhere[i]] : row));
  const names = left ? [...columns, "else"] : columns;
  const support = counts.map((row, i) => Math.max(row.reduce((sum, count) => sum + count, elsewhere[i]), 1));
  const right = (row, column) => column < columns.length && rows[row] === columns[column];
  const each = (make) => whole.map((row, i) => row.map((count, j) => make(count, i, j)));
  const most = Math.max(...each((count, i, j) => (right(i, j) ? 0 : count / support[i])).flat()) || 1;
  const room = chart.clientWidth > 700 ? 32 : 14;
  const ticks = (list) => ({ tickvals: list.map((_, place) => place), ticktext: list.map((name) => plain(name, room)), range: [-0.5, list.length - 0.5] });
  const longest = (list) => Math.min(room, Math.max(...list.map((name) => [...name].length)));
  const side = Math.max(16, Math.min(34, (chart.clientWidth - 40 - 6.4 * longest(rows)) / names.length));
  const trace = {
    type: "heatmap", zmin: -1, zmax: 1, xgap: 1, ygap: 1, showscale: false,
    z: each((count, i, j) => (right(i, j) ? -count / support[i] : Math.sqrt(count / support[i] / most))),
    text: each((count) => count || ""), texttemplate: side < 20 ? "" : "%{text}", textfont: { size: 11 },
    customdata: each((count, i, j) => `<b>${plain(rows[i])}</b> → <b>${plain(names[j])}</b><br>${count} of ${support[i]} (${percent(count / support[i])})`),
    colorscale: [[0, color("right")], [0.5, color("paper")], [1, color("wrong")]],
    hovertemplate: "%{customdata}<extra></extra>",
  };
  const margin = { l: 24 + 6.4 * longest(rows), t: 24 + 6.4 * longest(columns), r: 4, b: 4 };
  const layout = frame({
    width: Math.min(chart.clientWidth, margin.l + 4 + side * names.length), height: margin.t + 4 + side * rows.length, margin,
    xaxis: axis({ showgrid: false, zeroline: false, automargin: false, side: "top", tickangle: longest(columns) > 2 ? -90 : 0, ...ticks(names) }),
    yaxis: axis({ showgrid: false, zeroline: false, automargin: false, ...ticks(rows), range: [rows.length - 0.5, -0.5] }),
  });
  return Plotly.react(chart, [trace], layout, { ...still, responsive: false });
}
