// The style sheet is the only home of colors; charts ask it, and ask again when day turns to night.
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const data = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
const percent = (share) => {
  const rounded = (100 * share).toFixed(1);
  if (share < 1 && rounded === "100.0") return ">\u00a099.9\u00a0%";
  return share > 0 && rounded === "0.0" ? "<\u00a00.1\u00a0%" : `${rounded}\u00a0%`;
};

// Plotly reads a little markup in its texts; a name is never markup, nor does it turn the text about.
const plain = (name, most = 40) => {
  const letters = [...name];
  const short = letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : name;
  const escaped = short.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return `\u2068${escaped}\u2069`;
};

const touch = matchMedia("(pointer: coarse)").matches;
const settings = {
  displaylogo: false,
  responsive: true,
  displayModeBar: touch ? false : "hover",
  modeBarButtons: [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]],
};

const still = { ...settings, displayModeBar: false }; // for charts that nobody needs to zoom

const frame = (more) => ({
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: color("muted") },
  hoverlabel: { bgcolor: color("raised"), bordercolor: color("line"), font: { color: color("ink"), size: 13 }, align: "left" },
  dragmode: touch ? false : "zoom",
  showlegend: false,
  modebar: { bgcolor: "rgba(0,0,0,0)", color: color("muted"), activecolor: color("ink") },
  ...more,
});

// Ticks at whole epochs: a tenth of an epoch is none.
const epochTicks = (epochs, most) => {
  const wanted = Math.max(epochs / most, 1);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return { tickmode: "linear", tick0: 0, dtick: [1, 2, 5, 10].map((step) => step * power).find((step) => step >= wanted) };
};

const axis = (more) => ({
  gridcolor: color("line"),
  linecolor: color("line"),
  zerolinecolor: color("line"),
  ticks: "",
  automargin: true,
  ticklabeloverflow: "allow", // else each label is measured, which takes longest of all
  ...more,
});
