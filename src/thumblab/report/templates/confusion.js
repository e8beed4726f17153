const cellState = { order: "clustered", truth: 0, guess: 0 };

function classOrder() {
  const { shown, clustered } = judged.matrix;
  return cellState.order === "clustered" ? clustered : shown.map((_, position) => position);
}

const nameOf = (position) => judged.names[judged.matrix.shown[position]];

function worstCell() {
  const { counts, support } = judged.matrix;
  let worst = { truth: 0, guess: 0, count: 0, share: 0 };
  counts.forEach((row, truth) => row.forEach((count, guess) => {
    const share = count / Math.max(support[truth], 1);
    if (truth !== guess && share > worst.share) worst = { truth, guess, count, share };
  }));
  return worst;
}

// One colour for right and one for wrong: right below zero, wrong above. Wrong ones grow with the
// square root of their share, so that a rare confusion is seen beside a common one.
function cells(order) {
  const { counts, support } = judged.matrix;
  const most = worstCell().share || 1;
  const value = (truth, guess) => {
    const share = counts[truth][guess] / Math.max(support[truth], 1);
    return truth === guess ? -share : Math.sqrt(share / most);
  };
  const words = (truth, guess) => {
    const count = counts[truth][guess];
    const share = support[truth] ? ` (${percent(count / support[truth])})` : "";
    const said = truth === guess ? "known as such" : `taken for <b>${plain(nameOf(guess))}</b>`;
    return `<b>${plain(nameOf(truth))}</b> ${said}<br>${count} of ${support[truth]}${share}`;
  };
  return {
    z: order.map((truth) => order.map((guess) => value(truth, guess))),
    text: order.map((truth) => order.map((guess) => words(truth, guess))),
  };
}

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

function selection(order) {
  const width = order.length > 60 && innerWidth < 700 ? 1 : 2;
  const x = order.indexOf(cellState.guess);
  const y = order.indexOf(cellState.truth);
  return [{ type: "rect", x0: x - 0.5, x1: x + 0.5, y0: y - 0.5, y1: y + 0.5, line: { color: colour("ink"), width } }];
}

const longestName = () => Math.max(...judged.matrix.shown.map((_, place) => Math.min(16, [...nameOf(place)].length)));

function matrixSize(chart) {
  const width = Math.max(280, Math.min(chart.clientWidth, 1080)); // a window may open at no size
  const size = letterSize((width - 100) / judged.matrix.shown.length);
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
    colorscale: [[0, colour("right")], [0.5, colour("paper")], [1, colour("wrong")]],
    hovertemplate: "%{text}<extra></extra>",
  };
  const layout = frame({
    width, height: inner + margin + room + 4,
    margin: { l: margin, t: margin + room, r: 4, b: 4 },
    xaxis: { ...side, side: "top", tickangle: longestName() > 2 ? -90 : 0, title: { text: "guess", standoff: 6 } },
    yaxis: { ...side, range: [order.length - 0.5, -0.5], title: { text: "truth", standoff: 6 } },
    shapes: [
      { type: "rect", xref: "paper", yref: "paper", x0: 0, y0: 0, x1: 1, y1: 1, line: { color: colour("line"), width: 1 } },
      ...selection(order),
    ],
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
  return Plotly.relayout(chart, change);
}

function choose(truth, guess) {
  Object.assign(cellState, { truth, guess });
  document.getElementById("truth").value = truth;
  document.getElementById("guess").value = guess;
  showCell(truth, guess);
  const chart = document.getElementById("matrix-chart");
  if (chart.layout) Plotly.relayout(chart, { shapes: [chart.layout.shapes[0], ...selection(classOrder())] });
}

function fillChoices() {
  const { shown } = judged.matrix;
  for (const id of ["truth", "guess"]) {
    const options = shown.map((_, place) => new Option(nameOf(place), place));
    const list = document.getElementById(id);
    list.replaceChildren(...options);
    list.addEventListener("change", () => choose(Number(document.getElementById("truth").value), Number(document.getElementById("guess").value)));
  }
  for (const button of document.querySelectorAll("[data-order]")) {
    button.addEventListener("click", () => {
      cellState.order = button.dataset.order;
      document.querySelectorAll("[data-order]").forEach((other) => other.setAttribute("aria-pressed", other === button));
      if (window.Plotly) drawMatrix();
    });
  }
  const worst = worstCell();
  document.getElementById("worst-share").textContent = percent(worst.share);
  choose(worst.truth, worst.guess);
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
