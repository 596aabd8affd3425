// Lays the lists of the day out on a line of time, and walks over them with the arrow keys.
// Positions go into one constructed sheet: the policy of the page forbids style attributes.

const percent = (value) => `${value.toFixed(3)}%`;

function rules(board) {
  const from = Number(board.dataset.from);
  const span = Number(board.dataset.to) - from;
  const found = [];
  for (const item of board.querySelectorAll("li[data-start]")) {
    const parts = [`--left:${percent(((Number(item.dataset.start) - from) / span) * 100)}`];
    if (item.dataset.length) parts.push(`--width:${percent((Number(item.dataset.length) / span) * 100)}`);
    if (item.dataset.row) parts.push(`--row:${Number(item.dataset.row)}`);
    found.push(`#${item.id}{${parts.join(";")}}`);
  }
  for (const lane of board.querySelectorAll("ol[data-rows]")) {
    found.push(`#${lane.id}{--rows:${Number(lane.dataset.rows)}}`);
  }
  return found.join("\n");
}

const startOf = (link) => Number(link.closest("li").dataset.start);

function nearest(links, start) {
  return links.reduce((best, link) => (Math.abs(startOf(link) - start) < Math.abs(startOf(best) - start) ? link : best));
}

function neighbour(lanes, link, key) {
  const here = lanes.findIndex((links) => links.includes(link));
  const at = lanes[here].indexOf(link);
  if (key === "ArrowLeft") return lanes[here][at - 1];
  if (key === "ArrowRight") return lanes[here][at + 1];
  if (key === "Home") return lanes[here][0];
  if (key === "End") return lanes[here].at(-1);
  const other = { ArrowUp: lanes[here - 1], ArrowDown: lanes[here + 1] }[key];
  return other && nearest(other, startOf(link));
}

function walk(board) {
  const lanes = [...board.querySelectorAll(".aid-lane")]
    .map((lane) => [...lane.querySelectorAll("a.aid-block")])
    .filter((links) => links.length > 0);
  if (lanes.length === 0) return;
  for (const link of lanes.flat()) link.tabIndex = -1;
  let current = lanes[0][0];
  current.tabIndex = 0;
  board.addEventListener("focusin", (event) => {
    const link = event.target.closest("a.aid-block");
    if (!link) return;
    current.tabIndex = -1;
    current = link;
    current.tabIndex = 0;
  });
  board.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== current) return;
    const next = neighbour(lanes, current, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

for (const board of document.querySelectorAll(".aid-board")) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules(board));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  board.classList.add("aid-board--placed");
  walk(board);
}
