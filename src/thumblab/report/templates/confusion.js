const ROOM_FOR_NUMBERS = 22;
const numbers = (pixels, seen) => (pixels / seen >= ROOM_FOR_NUMBERS ? "%{text}" : "");

const letterSize = (cell) => Math.max(8, Math.min(13, Math.floor(cell) - 1));

// As many names as have room: all, or every second, third, ...; more come in with the zoom.
function ticks(order, pixels, range) {
  const seen = range ? Math.abs(range[1] - range[0]) : order.length;
  const cell = pixels / seen;
  const size = letterSize(cell);
  const step = Math.max(1, Math.ceil((size + 1) / cell));
  const places = order.map((_, place) => place).filter((place) => place % step === 0);
  return { tickvals: places, ticktext: places.map((place) => plain(nameOf(order[place]), 16)), tickfont: { size } };
}

const box = (x0, x1, y0, y1, line, more) => ({ type: "rect", x0, x1, y0, y1, line, ...more });

function selection(order) {
  const width = order.length > 60 && innerWidth < 700 ? 1 : 2;
  const x = order.indexOf(cellState.guess);
  const y = order.indexOf(cellState.truth);
  return box(x - 0.5, x + 0.5, y - 0.5, y + 0.5, { color: color("ink"), width });
}

// A frame around the matrix and, in the order of groups, one around each of them.
function frames(order) {
  const line = { color: color("line"), width: 1 };
  const whole = box(0, 1, 0, 1, line, { xref: "paper", yref: "paper" });
  if (cellState.order !== "grouped") return [whole];
  const places = new Map();
  order.forEach((position, place) => {
    const group = scored.matrix.groups[position];
    const [first] = places.get(group) ?? [place];
    places.set(group, [first - 0.5 * !places.has(group), place + 0.5]);
  });
  const dark = { color: color("muted"), width: 1 };
  return [whole, ...[...places.values()].map(([from, to]) => box(from, to, from, to, dark))];
}

const longestName = () => Math.max(...scored.matrix.shown.map((_, place) => Math.min(16, [...nameOf(place)].length)));

function matrixSize(chart) {
  const width = Math.max(280, Math.min(chart.clientWidth, 1080)); // a window may open at no size
  const size = letterSize((width - 100) / scored.matrix.shown.length);
  const margin = Math.round(38 + 0.62 * size * longestName());
  return { margin, width, inner: width - margin - 4 };
}

function drawMatrix() {
  const chart = document.getElementById("matrix-chart");
  const order = classOrder();
  const { margin, width, inner } = matrixSize(chart);
  const both = ticks(order, inner);
  const gap = inner / order.length > 9 ? 1 : 0;
  const room = touch ? 26 : 0; // for the buttons, which a finger cannot call up
  const side = axis({ showgrid: false, zeroline: false, automargin: false, range: [-0.5, order.length - 0.5], ...both });
  const trace = {
    type: "heatmap", ...cells(order), zmin: -1, zmax: 1, xgap: gap, ygap: gap, showscale: false,
    colorscale: [[0, color("right")], [0.5, color("paper")], [1, color("wrong")]],
    hovertemplate: "%{customdata}<extra></extra>", texttemplate: numbers(inner, order.length), textfont: { size: 10 },
  };
  const layout = frame({
    width, height: inner + margin + room + 4,
    margin: { l: margin, t: margin + room, r: 4, b: 4 },
    xaxis: { ...side, side: "top", tickangle: longestName() > 2 ? -90 : 0, title: { text: "guess", standoff: 6 } },
    yaxis: { ...side, range: [order.length - 0.5, -0.5], title: { text: "truth", standoff: 6 } },
    shapes: [...frames(order), selection(order)],
  });
  return Plotly.react(chart, [trace], layout, { ...settings, responsive: false, displayModeBar: touch || "hover" });
}

function retick(chart) {
  const order = classOrder();
  const { inner } = matrixSize(chart);
  const change = {};
  for (const name of ["xaxis", "yaxis"]) {
    const found = ticks(order, inner, chart.layout[name].range);
    Object.assign(change, { [`${name}.tickvals`]: found.tickvals, [`${name}.ticktext`]: found.ticktext, [`${name}.tickfont`]: found.tickfont });
  }
  const [low, high] = chart.layout.xaxis.range;
  return Plotly.update(chart, { texttemplate: numbers(inner, Math.abs(high - low)) }, change);
}

function choose(truth, guess) {
  Object.assign(cellState, { truth, guess });
  document.getElementById("truth").value = truth;
  document.getElementById("guess").value = guess;
  showCell(truth, guess);
  const chart = document.getElementById("matrix-chart");
  if (chart.layout) Plotly.relayout(chart, { shapes: [...frames(classOrder()), selection(classOrder())] });
}

function fillChoices() {
  const { shown } = scored.matrix;
  for (const id of ["truth", "guess"]) {
    const options = shown.map((_, place) => new Option(nameOf(place), place));
    const list = document.getElementById(id);
    list.replaceChildren(...options);
    list.addEventListener("change", () => choose(Number(document.getElementById("truth").value), Number(document.getElementById("guess").value)));
  }
  choice("order", (order) => recolor({ order }));
  choice("measure", (measure) => recolor({ measure }));
  recolor({});
  const worst = largest(false);
  choose(worst.truth, worst.guess);
}

function recolor(change) {
  Object.assign(cellState, change);
  const said = cellState.measure === "share" ? percent : String;
  document.getElementById("most-right").textContent = said(cellState.measure === "share" ? 1 : largest(true).value);
  document.getElementById("most-wrong").textContent = said(largest(false).value);
  if (window.Plotly) drawMatrix();
}

function listen() {
  const chart = document.getElementById("matrix-chart");
  chart.on("plotly_click", ({ points: [point] }) => {
    const order = classOrder();
    choose(order[point.y], order[point.x]);
    document.querySelector(".matrix aside").scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
  chart.on("plotly_relayout", (change) => {
    if (Object.keys(change).some((key) => /^[xy]axis\.(range|autorange)/.test(key))) retick(chart);
  });
}
