// The day on a map. The list beside it is the control: whatever is chosen there is chosen on the map, and the other
// way round. Runs, stops and roads are drawn on canvas, with the colours and dashes that the list shows.

const { L } = window;
const mapping = document.getElementById("mapa");
const pane = mapping.querySelector(".aid-mapping__map");
const says = mapping.dataset;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const CLOSE = 15; // zoom at which a single door can be told from its neighbours
const FEW = 150; // so many stops can carry their numbers at any zoom
const PALE = 0.35;
const NUMBERED_FROM = 13; // more of them only from this zoom on

pane.hidden = false;
const ink = getComputedStyle(pane);
const colour = (name) => ink.getPropertyValue(name).trim();
const letter = Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.75);
const rows = [...mapping.querySelectorAll("[data-lat]")];

function write(pen, text, at, fill) {
  pen.font = `600 ${letter}px ${ink.fontFamily}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = fill;
  pen.fillText(text, at.x, at.y + 1);
}

// A stop: a dot with its number; one of very many is a plain dot until one looks closely.
const Stop = L.CircleMarker.extend({
  _updatePath() {
    const { chosen, front } = this.options;
    const numbered = rows.length <= FEW || chosen || front || this._map.getZoom() >= NUMBERED_FROM;
    this._radius = (numbered ? letter * 0.8 : letter * 0.4) + (chosen ? 3 : 0);
    L.CircleMarker.prototype._updatePath.call(this);
    if (!numbered || !this._renderer._drawing || this._empty()) return;
    if (this.options.fillOpacity < 1) return;
    write(this._renderer._ctx, this.options.number, this._point, colour("--paper"));
  },
});

// A depot: a square.
const Depot = L.CircleMarker.extend({
  _updatePath() {
    if (!this._renderer._drawing || this._empty()) return;
    const pen = this._renderer._ctx;
    const half = letter * (this.options.chosen ? 0.9 : 0.6);
    pen.globalAlpha = 1;
    pen.fillStyle = colour("--ink");
    pen.fillRect(this._point.x - half, this._point.y - half, 2 * half, 2 * half);
    pen.lineWidth = 2;
    pen.strokeStyle = colour("--paper");
    pen.strokeRect(this._point.x - half, this._point.y - half, 2 * half, 2 * half);
  },
});

// A vehicle where it was last: a triangle; pale if that was long ago.
const Here = L.CircleMarker.extend({
  _updatePath() {
    if (!this._renderer._drawing || this._empty()) return;
    const pen = this._renderer._ctx;
    const high = letter * (this.options.chosen ? 1.5 : 1.1);
    pen.globalAlpha = this.options.old ? 0.5 : 1;
    pen.beginPath();
    pen.moveTo(this._point.x, this._point.y - high);
    pen.lineTo(this._point.x + high, this._point.y + high * 0.8);
    pen.lineTo(this._point.x - high, this._point.y + high * 0.8);
    pen.closePath();
    pen.fillStyle = this.options.fillColor;
    pen.fill();
    pen.lineWidth = 3;
    pen.strokeStyle = colour("--ink");
    pen.stroke();
    pen.globalAlpha = 1;
    write(pen, this.options.number, this._point, colour("--paper"));
  },
});

// A run: a line with its number on its longest straight part.
const Run = L.Polyline.extend({
  _updatePath() {
    L.Polyline.prototype._updatePath.call(this);
    if (!this._renderer._drawing) return;
    let longest = 4 * letter;
    let middle = null;
    for (const part of this._parts) {
      for (let at = 1; at < part.length; at += 1) {
        const length = part[at].distanceTo(part[at - 1]);
        if (length > longest) [longest, middle] = [length, part[at].add(part[at - 1]).divideBy(2)];
      }
    }
    if (!middle || this.options.opacity < 1) return;
    const pen = this._renderer._ctx;
    pen.globalAlpha = 1;
    pen.fillStyle = colour("--paper");
    pen.fillRect(middle.x - letter, middle.y - letter * 0.8, 2 * letter, 1.6 * letter);
    write(pen, this.options.number, middle, this.options.color);
  },
});

// The roads in squares, drawn as they come.
const Roads = L.GridLayer.extend({
  createTile(at, done) {
    const canvas = document.createElement("canvas");
    const sharp = Math.min(window.devicePixelRatio || 1, 2);
    const side = this.getTileSize().x * sharp;
    canvas.width = side;
    canvas.height = side;
    fetch(`${says.roads}/${at.z}/${at.x}/${at.y}.json`)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`roads: ${answer.status}`))))
      .then((found) => {
        const pen = canvas.getContext("2d");
        const step = side / found.across;
        pen.strokeStyle = colour(at.z > 13 ? "--road-main" : "--road");
        pen.lineWidth = sharp * (at.z > 15 ? 3 : at.z > 12 ? 1.5 : 1);
        pen.beginPath();
        for (const road of found.roads) {
          let x = road[0] * step;
          let y = road[1] * step;
          pen.moveTo(x, y);
          for (let next = 2; next < road.length; next += 2) {
            x += road[next] * step;
            y += road[next + 1] * step;
            pen.lineTo(x, y);
          }
        }
        pen.stroke();
        done(null, canvas);
      })
      .catch((error) => done(error, canvas));
    return canvas;
  },
});

const map = L.map(pane, {
  renderer: L.canvas({ padding: 0.2 }),
  zoomControl: false,
  attributionControl: false,
  zoomAnimation: !still,
  fadeAnimation: false,
  inertia: !still,
  minZoom: 8,
  maxZoom: 18,
});
map.fitBounds(
  [
    [says.south, says.west],
    [says.north, says.east],
  ],
  { animate: false },
);
L.control.zoom({ zoomInTitle: says.saysIn, zoomOutTitle: says.saysOut }).addTo(map);
if (says.attribution) {
  const whose = document.createElement("span");
  whose.textContent = says.attribution;
  L.control.attribution({ prefix: false }).addAttribution(whose.innerHTML).addTo(map);
}
pane.setAttribute("role", "region");
pane.setAttribute("aria-label", says.saysMap);
map.getPane("tilePane").setAttribute("aria-hidden", "true");

const drawn = () => (mapping.dataset.drawn = "yes");
if (says.roads) new Roads({ noWrap: true }).on("load", drawn).addTo(map);
else if (says.tiles) L.tileLayer(says.tiles, { noWrap: true, alt: "" }).on("load", drawn).addTo(map);
else drawn();

// --- runs and stops, as the list has them -----------------------------------------------------------------------

const markers = new Map(); // row → what is drawn for it
const lines = new Map(); // run → line
const depots = new Map(); // where → depot: several vehicles share one
const where = (row) => [Number(row.dataset.lat), Number(row.dataset.lon)];
const runOf = (row) => row.closest("[data-run]").dataset.run;

for (const section of mapping.querySelectorAll("[data-run]")) {
  const key = getComputedStyle(section.querySelector(".aid-run"));
  const own = [...section.querySelectorAll("[data-lat]:not([data-here])")];
  const way = own.map(where);
  const dashes = key.strokeDasharray === "none" ? null : key.strokeDasharray.replaceAll("px", "");
  const look = { color: key.stroke, weight: 3, dashArray: dashes, interactive: false, number: section.dataset.run };
  lines.set(section.dataset.run, new Run([...way, way[0]], look).addTo(map));
}
const dot = { color: colour("--paper"), weight: 1, fillOpacity: 1 };
for (const row of rows) {
  const place = where(row).join();
  let mark = "depot" in row.dataset ? depots.get(place) : undefined;
  if (!mark) {
    const look = { ...dot, fillColor: lines.get(runOf(row)).options.color, number: row.dataset.number };
    if ("here" in row.dataset) {
      mark = new Here(where(row), { ...look, radius: letter, number: runOf(row), old: "old" in row.dataset });
    } else {
      mark = "depot" in row.dataset ? new Depot(where(row), { radius: letter }) : new Stop(where(row), look);
    }
    if ("depot" in row.dataset) depots.set(place, mark);
    mark.on("click", () => row.focus()).addTo(map);
  }
  markers.set(row, mark);
}
const vehicles = [...markers.values()].filter((mark) => mark instanceof Here);
const surface = () => vehicles.forEach((mark) => mark.bringToFront());
surface();
const canvas = pane.querySelector(".leaflet-overlay-pane canvas");
canvas.setAttribute("role", "img");
canvas.setAttribute("aria-label", says.saysMap);

// --- choosing -----------------------------------------------------------------------------------------------------

let chosen = null;

// One run in front, the others pale behind it.
function bringOut(run) {
  for (const [each, line] of lines) line.setStyle({ weight: each === run ? 6 : 3, opacity: each === run ? 1 : PALE });
  lines.get(run).bringToFront();
  for (const each of depots.values()) each.bringToFront();
  for (const [row, mark] of markers) {
    const front = runOf(row) === run;
    mark.setStyle({ front, fillOpacity: front ? 1 : PALE });
    if (front) mark.bringToFront();
  }
  surface();
}

function choose(row) {
  if (row === chosen) return;
  if (chosen) {
    chosen.removeAttribute("aria-current");
    markers.get(chosen).setStyle({ chosen: false });
  }
  if (!chosen || runOf(chosen) !== runOf(row)) bringOut(runOf(row));
  chosen = row;
  row.setAttribute("aria-current", "true");
  markers.get(row).setStyle({ chosen: true }).bringToFront();
  if (!map.getBounds().pad(-0.05).contains(where(row))) map.panTo(where(row), { animate: !still });
}

// One stop of the Tab key for each run, arrows inside; Enter on a ride opens it, elsewhere it looks closely.
for (const section of mapping.querySelectorAll("[data-run]")) {
  section.querySelectorAll("[data-lat]").forEach((row, at) => {
    row.tabIndex = at === 0 ? 0 : -1;
    if (!row.href) row.setAttribute("role", "button");
  });
}
mapping.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-lat]");
  if (!row) return;
  for (const each of row.closest("[data-run]").querySelectorAll("[data-lat]")) each.tabIndex = each === row ? 0 : -1;
  choose(row);
});
mapping.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-lat]");
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  if ((event.key === "Enter" || event.key === " ") && !row.href) {
    event.preventDefault();
    map.setView(where(row), Math.max(map.getZoom(), CLOSE), { animate: !still });
    return;
  }
  const at = rows.indexOf(row);
  const own = rows.filter((each) => runOf(each) === runOf(row));
  const next = { ArrowUp: rows[at - 1], ArrowDown: rows[at + 1], Home: own[0], End: own.at(-1) }[event.key];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
mapping.addEventListener("click", (event) => {
  const row = event.target.closest("[data-lat]");
  if (row && !row.href) row.focus();
});
