// Take the app off this telephone and put it on again. What was not sent yet is not touched.
import { leave } from "./phone.js";

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
  await leave();
  show();
  on.focus();
});
on.addEventListener("click", () => {
  localStorage.removeItem("bez-aplikace");
  show();
  off.focus();
});
show();
