function sortBy(table, column, direction) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const key = (row) => Number(row.cells[column].dataset.value);
  rows.sort((a, b) => direction * (key(a) - key(b)));
  body.append(...rows);
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const was = head.getAttribute("aria-sort");
    const next = was === "ascending" ? "descending" : "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", next);
    sortBy(table, column, next === "ascending" ? 1 : -1);
  }));
}
