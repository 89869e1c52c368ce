// Shows below a text how it would read, while it is written. Without this script the button sends the form instead.
"use strict";

const PAUSE = 1200;
const button = document.querySelector("button[name=preview]");
const place = document.querySelector("#preview");
let waiting = 0;

async function show() {
  const typed = new FormData(button.form);
  typed.set("preview", "1");
  for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
  const answer = await fetch(location.href, { method: "POST", body: typed, credentials: "same-origin" });
  if (!answer.ok) { button.form.requestSubmit(button); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#preview");
  if (fresh) place.replaceChildren(...fresh.childNodes);
}

if (button && place) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    show();
  });
  button.form.addEventListener("input", () => {
    clearTimeout(waiting);
    if (place.childElementCount) waiting = setTimeout(show, PAUSE);
  });
}
