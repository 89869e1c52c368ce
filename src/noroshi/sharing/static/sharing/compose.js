// A box above a long list of choices that hides what does not contain its text; what is chosen stays in sight.
"use strict";

function narrow(box) {
  const wanted = box.value.trim().toLowerCase();
  for (const choice of document.getElementById(box.dataset.narrows).children) {
    const chosen = choice.querySelector("input").checked;
    choice.hidden = !chosen && !choice.textContent.toLowerCase().includes(wanted);
  }
}

for (const box of document.querySelectorAll("[data-narrows]")) {
  box.hidden = false;
  box.addEventListener("input", () => narrow(box));
  box.addEventListener("change", (event) => event.stopPropagation());
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
