// Passkeys: asks the service for a question, lets the browser sign it, sends the form with the answer.
// Without this script, or where the browser has no passkeys, the forms stay hidden and all other ways work.

const makes = globalThis.PublicKeyCredential;

async function answer(form) {
  const response = await fetch(form.dataset.ask, {
    method: "POST",
    body: new URLSearchParams({ csrf: form.elements.csrf.value }),
  });
  if (!response.ok) throw new Error(response.statusText);
  const options = await response.json();
  const credential = form.dataset.passkey === "create"
    ? await navigator.credentials.create({ publicKey: makes.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: makes.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(credential.toJSON());
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const status = form.querySelector("[data-failed]");
  status.textContent = "";
  try {
    form.elements.answer.value = await answer(form);
  } catch {
    status.textContent = status.dataset.failed;
    return;
  }
  form.submit();
}

if (makes?.parseRequestOptionsFromJSON && makes?.parseCreationOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", send);
  }
}
