// The problems of a shift that still hold: those the page knows, with what this device has told or taken back since.
import { shown } from "./screen.js";
import { REFUSED } from "./stops.js";

/** Bring the list up to date; without a problem there is none. Lines are only added and hidden: one may have the focus. */
export function paintProblems(outbox, offset) {
  const [box, model] = ["potize", "potize-vzor"].map((id) => document.getElementById(id));
  if (!box || !model) return;
  const list = box.querySelector("ul");
  const there = new Set([...list.children].map((each) => each.dataset.problem));
  const gone = new Set();
  for (const each of outbox.filter((report) => report.shift === Number(box.dataset.shift))) {
    const lost = REFUSED.has(each.outcome);
    if (each.kind === "undone" && !lost) gone.add(each.about);
    if (each.kind !== "problem") continue;
    if (lost) gone.add(each.key);
    else if (!there.has(each.key)) list.append(line(each, model, JSON.parse(box.dataset.words), offset));
  }
  for (const each of list.children) each.hidden = gone.has(each.dataset.problem);
  box.hidden = [...list.children].every((each) => each.hidden);
}

function line({ key, at, facts }, model, words, offset) {
  const made = model.content.firstElementChild.cloneNode(true);
  const what = words[`${facts.problem}-${facts.minutes}`] ?? words[facts.problem];
  const text = facts.note ? `${what}: ${facts.note}` : what;
  const time = shown(Date.parse(at) + offset);
  made.dataset.problem = key;
  made.querySelector("form").elements.about.value = key;
  for (const [place, said] of [["[data-what]", text], ["time", time], ["[data-which]", `: ${text} ${time}`]]) {
    made.querySelector(place).textContent = said;
  }
  return made;
}
