async function loadPlotly() {
  const letters = atob(document.getElementById("plotly").textContent);
  const packed = new Uint8Array(letters.length);
  for (let at = 0; at < packed.length; at++) packed[at] = letters.charCodeAt(at); // faster than from()
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(unpacked).text();
  document.head.append(script);
}

async function draw() {
  await Promise.all([...drawCurves(), ...(scored ? [drawMatrix(), drawPart(), drawCalibration()] : []), ...(cloud ? [drawCloud(), drawScree()] : [])]);
}

async function start() {
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  if (scored) fillChoices();
  if (scored) fillParts();
  if (cloud) fillCloud();
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  await loadPlotly();
  await draw();
  if (scored) listen();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (scored && innerWidth !== width) drawMatrix();
    if (cloud) drawCloud();
    width = innerWidth;
  });
  document.documentElement.dataset.ready = "true";
}

function withoutCharts(error) {
  console.error(error);
  for (const chart of document.querySelectorAll(".chart:empty")) {
    chart.textContent = "Charts need a browser of 2023 or later; everything else on this page works without.";
    chart.classList.add("absent");
  }
}

start().catch(withoutCharts);
