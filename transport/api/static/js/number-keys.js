// With the focus in a form marked so, a digit presses the button that bears it; typing in a field stays typing.
document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, textarea, select");
  const form = event.target.closest("[data-number-keys]");
  if (!form || field || event.ctrlKey || event.altKey || event.metaKey) return;
  const digit = event.code.match(/^(?:Digit|Numpad)(\d)$/)?.[1];
  const button = digit && form.querySelector(`[data-key="${digit}"]`);
  if (button) {
    event.preventDefault();
    button.click();
  }
});
