// Take the app off this telephone and put it on again. What was not sent yet is not touched.

const said = document.getElementById("vypnuto");
const [off, on] = ["vypnout", "zapnout"].map((id) => document.getElementById(id));

function show() {
  const isOff = localStorage.getItem("bez-aplikace") === "yes";
  said.textContent = isOff ? said.dataset.off : said.dataset.on;
  off.hidden = isOff;
  on.hidden = !isOff;
}

off.addEventListener("click", async () => {
  localStorage.setItem("bez-aplikace", "yes");
  for (const each of (await navigator.serviceWorker?.getRegistrations()) ?? []) await each.unregister();
  for (const each of await caches.keys()) if (each.startsWith("ridic-")) await caches.delete(each);
  show();
  on.focus();
});
on.addEventListener("click", () => {
  localStorage.removeItem("bez-aplikace");
  show();
  off.focus();
});
show();
