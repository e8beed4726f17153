function draw() {
  const { rates, losses, smoothed, steepest, diverges } = data("rates-data");
  const line = (y, tint, width) => ({
    x: rates, y, type: "scatter", mode: "lines", line: { color: color(tint), width },
    hovertemplate: "rate %{x:.3g}: %{y:.4f}<extra></extra>",
  });
  const marks = [[steepest, "suggested"], [diverges, "diverges"]].filter(([rate]) => rate !== null);
  const low = Math.min(...losses), first = smoothed[0];
  return Plotly.react("rate-test-chart", [line(losses, "train", 1.5), line(smoothed, "right", 2.5)], frame({
    margin: { l: 48, r: 8, t: 24, b: 44 },
    xaxis: axis({ type: "log", title: { text: "learning rate", standoff: 6 }, showgrid: false, dtick: 1, exponentformat: "power" }),
    yaxis: axis({ range: [low - 0.1 * (first - low), first + 0.6 * (first - low) + 0.05] }),
    shapes: marks.map(([rate]) => ({ type: "line", x0: rate, x1: rate, yref: "paper", y0: 0, y1: 1, line: { color: color("wrong"), width: 1.5, dash: "dot" } })),
    annotations: marks.map(([rate, words]) => ({ x: Math.log10(rate), y: 1, yref: "paper", yanchor: "bottom", showarrow: false, text: words, font: { color: color("wrong") } })),
  }), settings);
}

async function start() {
  const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (letter) => letter.charCodeAt(0));
  const script = document.createElement("script");
  script.textContent = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  document.head.append(script);
  await draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  document.documentElement.dataset.ready = "true";
}

start().catch((error) => {
  console.error(error);
  document.getElementById("rate-test-chart").textContent = "The chart needs a browser of 2023 or later.";
});
