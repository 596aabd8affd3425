// Asks now and then whether the page has come further, and shows it once when it has.
// The page itself never reloads under somebody's hands, as a refreshing page would.

const waiting = document.querySelector("[data-again]");

async function look() {
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok && !(await answer.text()).includes("data-again")) location.reload();
  else setTimeout(look, Number(waiting.dataset.again) * 1000);
}

if (waiting) setTimeout(look, Number(waiting.dataset.again) * 1000);
