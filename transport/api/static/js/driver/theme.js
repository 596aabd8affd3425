// Before anything is painted: the colours this telephone was set to, so that night never flashes white.
const chosen = localStorage.getItem("vzhled");
if (chosen === "sun" || chosen === "night") document.documentElement.dataset.theme = chosen;
