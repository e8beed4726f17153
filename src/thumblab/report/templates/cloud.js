// A cloud of points on a plain canvas: it turns without WebGL, which not every browser has.
const cloud = data("cloud-data");
const view = { when: "after", yaw: 0.7, pitch: 0.4, zoom: 1, on: new Set(cloud?.shown), near: null };
const seen = []; // where each point was drawn last, the nearest to the eye at the end

// Those in color at first lead, with hues far apart; the others follow.
const leading = [...new Set([...(cloud?.shown ?? []), ...(cloud?.names ?? []).keys()])];
const hues = new Map(leading.map((label, place) => [label, (30 + place * 137.508) % 360]));
const hue = (label) => `hsl(${hues.get(label)} ${color("dot")})`;

function turned([x, y, z]) {
  const { yaw, pitch } = view;
  const across = x * Math.cos(yaw) + z * Math.sin(yaw);
  const away = z * Math.cos(yaw) - x * Math.sin(yaw);
  return [across, y * Math.cos(pitch) - away * Math.sin(pitch), y * Math.sin(pitch) + away * Math.cos(pitch)];
}

function drawCloud() {
  const canvas = document.getElementById("cloud-chart");
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio || 1;
  Object.assign(canvas, { width: width * ratio, height: height * ratio });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const reach = 0.42 * Math.min(width, height) * view.zoom;
  const placed = (point) => {
    const [x, y, depth] = turned(point);
    const near = 3.2 / (3.2 - depth);
    return { x: width / 2 + reach * x * near, y: height / 2 - reach * y * near, depth, near };
  };
  drawAxes(pen, placed);
  seen.length = 0;
  cloud[view.when].points.forEach((point, place) => seen.push({ ...placed(point), place, on: view.on.has(cloud.labels[place]) }));
  seen.sort((a, b) => a.on - b.on || a.depth - b.depth);
  for (const dot of seen) drawDot(pen, dot);
}

function drawDot(pen, { x, y, near, place, on }) {
  pen.beginPath();
  pen.arc(x, y, (on ? 4.6 : 2) * near, 0, 2 * Math.PI);
  pen.fillStyle = on ? hue(cloud.labels[place]) : color("faint");
  pen.fill();
  if (on || view.near === place) {
    pen.lineWidth = view.near === place ? 2 : 0.8;
    pen.strokeStyle = color(view.near === place ? "ink" : "paper");
    pen.stroke();
  }
}

function drawAxes(pen, placed) {
  const origin = placed([0, 0, 0]);
  pen.strokeStyle = pen.fillStyle = color("muted");
  pen.lineWidth = 1;
  pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  pen.textAlign = "center";
  for (let component = 0; component < 3; component++) {
    const end = placed([0, 1, 2].map((each) => 0.95 * (each === component)));
    pen.globalAlpha = 0.45;
    pen.beginPath();
    pen.moveTo(origin.x, origin.y);
    pen.lineTo(end.x, end.y);
    pen.stroke();
    pen.globalAlpha = 1;
    const share = cloud[view.when].explained[component];
    if (share !== undefined) pen.fillText(`PC ${component + 1}: ${percent(share)}`, end.x, end.y - 6);
  }
}

function pointAt(x, y) {
  const near = seen.filter((dot) => Math.hypot(dot.x - x, dot.y - y) < 14);
  near.sort((a, b) => b.on - a.on || Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y));
  return near[0] ?? null;
}

function hint(dot) {
  const box = document.getElementById("cloud-hint");
  box.hidden = !dot;
  view.near = dot?.place ?? null;
  if (dot) {
    const columns = Number(getComputedStyle(box).getPropertyValue("--columns"));
    const image = box.querySelector(".tile");
    image?.style.setProperty("--column", dot.place % columns);
    image?.style.setProperty("--row", Math.floor(dot.place / columns));
    box.querySelector("figcaption").textContent = cloud.names[cloud.labels[dot.place]];
    const room = document.querySelector(".cloud").clientWidth - box.offsetWidth;
    box.style.left = `${Math.max(0, Math.min(dot.x + 14, room))}px`;
    box.style.top = `${dot.y + 14}px`;
  }
  drawCloud();
}

function fillCloud() {
  const canvas = document.getElementById("cloud-chart");
  const turn = (across, up) => {
    view.yaw += across;
    view.pitch = Math.max(-1.5, Math.min(1.5, view.pitch + up));
    hint(null);
  };
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) turn(event.movementX * 0.008, event.movementY * 0.008);
    else hint(pointAt(event.offsetX, event.offsetY));
  });
  canvas.addEventListener("click", (event) => hint(pointAt(event.offsetX, event.offsetY)));
  canvas.addEventListener("pointerleave", () => hint(null));
  const keys = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] };
  canvas.addEventListener("keydown", (event) => {
    if (event.key in keys) turn(...keys[event.key]);
    else if ("+-".includes(event.key)) view.zoom *= event.key === "+" ? 1.15 : 1 / 1.15;
    else return;
    event.preventDefault();
    drawCloud();
  });
  fillClasses();
  choice("when", (when) => {
    view.when = when;
    hint(null);
  });
}

function fillClasses() {
  const chips = leading.map((label) => {
    const chip = document.createElement("button");
    Object.assign(chip, { type: "button", textContent: cloud.names[label], title: cloud.names[label] });
    chip.style.setProperty("--hue", hues.get(label));
    chip.addEventListener("click", () => {
      if (!view.on.delete(label)) view.on.add(label);
      pressClasses();
    });
    return chip;
  });
  document.getElementById("cloud-classes").replaceChildren(...chips);
  for (const button of document.querySelectorAll("[data-classes]")) {
    button.addEventListener("click", () => {
      view.on = new Set(button.dataset.classes === "all" ? cloud.names.keys() : []);
      pressClasses();
    });
  }
  pressClasses();
}

function pressClasses() {
  [...document.getElementById("cloud-classes").children].forEach((chip, place) => chip.setAttribute("aria-pressed", view.on.has(leading[place])));
  drawCloud();
}
