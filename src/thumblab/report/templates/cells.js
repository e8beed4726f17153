// What a cell of the confusion matrix says: its color, its number, its words.
const cellState = { order: "clustered", measure: "share", truth: 0, guess: 0 };

function classOrder() {
  const { shown, [cellState.order]: order } = scored.matrix;
  return order ?? shown.map((_, position) => position);
}

const nameOf = (position) => scored.names[scored.matrix.shown[position]];

function groupOf(position) {
  const { groups, group_names } = scored.matrix;
  return groups ? group_names[groups[position]] : "";
}

// What a color says of a cell: its share of the row, or its count.
function measured(truth, guess) {
  const { counts, support } = scored.matrix;
  const count = counts[truth][guess];
  return cellState.measure === "share" ? count / Math.max(support[truth], 1) : count;
}

// The cell of the largest measure, among those on the diagonal or among those off it.
function largest(onDiagonal) {
  let found = { truth: 0, guess: 0, value: 0 };
  scored.matrix.counts.forEach((row, truth) => row.forEach((_, guess) => {
    const value = measured(truth, guess);
    if ((truth === guess) === onDiagonal && value > found.value) found = { truth, guess, value };
  }));
  return found;
}

function cellWords(truth, guess) {
  const { counts, support } = scored.matrix;
  const count = counts[truth][guess];
  const share = support[truth] ? ` (${percent(count / support[truth])})` : "";
  const said = truth === guess ? "known as such" : `taken for <b>${plain(nameOf(guess))}</b>`;
  const ends = [groupOf(truth), groupOf(guess)];
  const groups = ends[0] && truth !== guess ? `<br>${[...new Set(ends)].map((name) => plain(name)).join(" → ")}` : "";
  return `<b>${plain(nameOf(truth))}</b> ${said}<br>${count} of ${support[truth]}${share}${groups}`;
}

// One color for right and one for wrong: right below zero, wrong above. Wrong ones grow with the
// square root of their measure, so that a rare confusion is seen beside a common one.
function cells(order) {
  const whole = cellState.measure === "share" ? 1 : largest(true).value || 1;
  const most = largest(false).value || 1;
  const colorOf = (truth, guess) => (truth === guess ? -measured(truth, guess) / whole : Math.sqrt(measured(truth, guess) / most));
  const label = (truth, guess) => cellLabel(scored.matrix.counts[truth][guess], scored.matrix.support[truth], cellState.measure);
  const each = (make) => order.map((truth) => order.map((guess) => make(truth, guess)));
  return { z: each(colorOf), text: each(label), customdata: each(cellWords) };
}

// The number in a cell that has room for one; nothing where nothing happened.
function cellLabel(count, support, measure) {
  if (!count) return "";
  if (measure === "count") return String(count);
  const rounded = Math.round((100 * count) / support);
  return rounded ? String(rounded) : "&lt;1";
}
