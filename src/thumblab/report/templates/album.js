// The images of a cell of the confusion matrix, cut from the page's one large picture.
const scored = data("scored-data");
const columns = () => Number(getComputedStyle(document.documentElement).getPropertyValue("--columns"));

function tile(place) {
  const { index, confidence, file } = scored.album;
  const name = file ? file[place] : `image ${index[place]}`;
  const figure = document.createElement("figure");
  const image = document.createElement("span");
  image.className = "tile";
  image.setAttribute("role", "img");
  image.setAttribute("aria-label", name);
  image.style.setProperty("--column", place % columns());
  image.style.setProperty("--row", Math.floor(place / columns()));
  figure.title = name;
  figure.append(image, percent(confidence[place]));
  return figure;
}

function showCell(truth, guess) {
  const { shown, counts, support } = scored.matrix;
  const { album } = scored;
  const count = counts[truth][guess];
  const places = [];
  album?.truth.forEach((label, place) => {
    if (label === shown[truth] && album.guess[place] === shown[guess]) places.push(place);
  });
  const share = support[truth] ? ` (${percent(count / support[truth])})` : "";
  const some = album && places.length < count ? `; ${places.length} shown` : "";
  const under = places.length ? ". Below each, the probability of the guess." : ".";
  document.getElementById("cell-count").textContent = `${count} of ${support[truth]} images${share}${some}${under}`;
  document.getElementById("cell-images").replaceChildren(...places.map(tile));
}
