// Asks now and then whether the page has come further: shows how far, and shows the page anew once it has.
// The page itself never reloads under somebody's hands, as a refreshing page would.

const waiting = document.querySelector("[data-again]");

function follow(fresh) {
  for (const part of fresh.querySelectorAll("[id]")) {
    const old = document.getElementById(part.id);
    if (old && old.outerHTML !== part.outerHTML) old.replaceWith(part);
  }
}

async function look() {
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-again]");
  if (text && !fresh) {
    location.reload();
    return;
  }
  if (fresh) follow(fresh);
  setTimeout(look, Number(waiting.dataset.again) * 1000);
}

if (waiting) setTimeout(look, Number(waiting.dataset.again) * 1000);
