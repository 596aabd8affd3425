// The panel: a page about one thing, shown beside the board instead of on a page of its own.
// Links and forms marked data-panel, and all forms inside the panel, are loaded into #panel. Whatever ends on the page
// where we are (a deed is done) is handed to whoever listens: `arrived`.

const panel = document.querySelector("#panel");
const say = document.querySelector("#sdeleni");
const SLOW = 1000;
let opener = null;
let arrived = null;
let turn = 0;

/** What happens with a document that is this very page again, after a deed: `after(document, URL)`. */
export const onArrival = (after) => (arrived = after);

export const isOpen = () => Boolean(panel && !panel.hidden);

/** Say something to whoever listens instead of looking. */
export function announce(text) {
  if (say && text) say.textContent = text;
}

export function close({ focus = true } = {}) {
  if (!isOpen()) return;
  turn += 1;
  panel.replaceChildren();
  panel.hidden = true;
  panel.removeAttribute("aria-busy");
  document.body.classList.remove("aid-with-panel");
  const back = opener && document.contains(opener) ? opener : opener && document.getElementById(opener.id);
  opener = null;
  if (focus && back) back.focus();
}

/** Load an address into the panel; the focus comes back to `from` when it closes. */
export const open = (address, from = document.activeElement) => load(address, { from });

async function load(address, { from, ...request } = {}) {
  const mine = ++turn;
  if (from && !panel.contains(from)) opener = from;
  panel.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => announce(panel.dataset.loading), SLOW);
  try {
    const answer = await fetch(address, { credentials: "same-origin", ...request });
    const text = await answer.text();
    if (mine !== turn) return;
    show(new DOMParser().parseFromString(text, "text/html"), new URL(answer.url));
  } catch {
    if (mine === turn) announce(panel.dataset.failed);
  } finally {
    clearTimeout(slow);
    if (mine === turn) panel.removeAttribute("aria-busy");
  }
}

function show(page, url) {
  const content = page.querySelector("#panel");
  if (url.pathname === location.pathname && arrived) {
    close({ focus: false });
    arrived(page, url);
    return;
  }
  const main = content ?? page.querySelector("main");
  if (!main || url.pathname.includes("/prihlaseni")) {
    location.assign(url);
    return;
  }
  const parts = document.createDocumentFragment();
  const shut = document.createElement("button");
  shut.type = "button";
  shut.className = "aid-panel__close";
  shut.textContent = panel.dataset.close;
  parts.append(shut, ...[...main.childNodes].map((each) => document.importNode(each, true)));
  for (const heading of parts.querySelectorAll("h1, h2, h3, h4")) demote(heading);
  for (const script of parts.querySelectorAll("script")) script.remove();
  panel.replaceChildren(parts);
  panel.hidden = false;
  panel.dataset.at = url.pathname + url.search;
  document.body.classList.add("aid-with-panel");
  panel.scrollTop = 0;
  const first = panel.querySelector("[role=alert]") ?? panel.querySelector("h2");
  if (first) {
    first.tabIndex = -1;
    first.focus();
  }
}

/** A page has one first heading; inside another page it is a second one, and so on below. */
function demote(heading) {
  const lower = document.createElement(`h${Number(heading.tagName[1]) + 1}`);
  for (const { name, value } of heading.attributes) lower.setAttribute(name, value);
  lower.append(...heading.childNodes);
  heading.replaceWith(lower);
}

function clicked(event) {
  const otherwise = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || otherwise) return;
  if (event.target.closest(".aid-panel__close")) return void close();
  const link = event.target.closest("a[href]");
  if (!link) return;
  const home = panel.contains(link) && link.pathname === location.pathname && !link.hash;
  if (home) {
    event.preventDefault();
    close();
  } else if (link.hasAttribute("data-panel") || (panel.contains(link) && isSame(link))) {
    event.preventDefault();
    load(link.href, { from: link });
  }
}

/** Inside the panel: pages about the same thing stay in it, all others are gone to. */
const isSame = (link) =>
  link.origin === location.origin && link.pathname.startsWith(`${location.pathname}/jizda/`) && !link.target;

function sent(event) {
  const form = event.target;
  if (event.defaultPrevented || !(form.hasAttribute("data-panel") || panel.contains(form))) return;
  event.preventDefault();
  if (panel.getAttribute("aria-busy")) return;
  const said = new URLSearchParams(new FormData(form, event.submitter));
  if (form.method === "post") {
    load(form.action, { from: event.submitter, method: "POST", body: said });
  } else {
    load(`${form.action.split("?")[0]}?${said}`, { from: event.submitter });
  }
}

if (panel) {
  document.addEventListener("click", clicked);
  document.addEventListener("submit", sent);
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  });
}
