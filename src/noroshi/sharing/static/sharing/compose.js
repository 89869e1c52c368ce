// Composing: long choices are narrowed, what is written is kept, keys go on.
//
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

// What is being written is kept in this browser, for its author alone, until the server has it: a broken line loses
// nothing. It goes when the draft is on the server, at sign-out (the server says so), and after a week.
const KEPT = "noroshi-draft:";
const LONGEST = 7 * 24 * 60 * 60 * 1000;
const keeping = document.querySelector("form[data-keep]");
const notice = document.getElementById("kept");

function tidy(person) {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(KEPT)) continue;
    const own = key.startsWith(`${KEPT}${person}:`);
    if (!own || Date.now() - (JSON.parse(localStorage.getItem(key)).at || 0) > LONGEST) localStorage.removeItem(key);
  }
}

function written(form) {
  return [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
}

function restore(form, pairs) {
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden") continue;
    const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function tell(sentence, moment) {
  notice.querySelector("[data-sentence]").textContent = sentence.replace("{time}", moment ? new Date(moment).toLocaleString(document.documentElement.lang) : "");
  notice.hidden = false;
}

if (keeping) {
  const key = `${KEPT}${keeping.dataset.keep}:${keeping.dataset.place}`;
  tidy(keeping.dataset.keep);
  const blank = JSON.stringify(written(keeping));
  const kept = JSON.parse(localStorage.getItem(key) || "null");
  if (kept && JSON.stringify(kept.pairs) !== blank) {
    restore(keeping, kept.pairs);
    tell(notice.dataset.restored, kept.at);
  }
  let waiting = 0;
  const keep = () => {
    const pairs = written(keeping);
    if (JSON.stringify(pairs) === blank) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ at: Date.now(), pairs }));
  };
  keeping.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(keep, 300); });
  keeping.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    keep();
    if (navigator.onLine) return;
    event.preventDefault();
    tell(notice.dataset.offline);
    notice.scrollIntoView({ block: "center" });
  });
  notice.querySelector("button").addEventListener("click", () => { localStorage.removeItem(key); location.reload(); });
}

// The page that follows a draft's arrival on the server names what need not be kept any more.
const arrived = document.querySelector("[data-arrived]");
if (arrived) {
  for (const place of ["new", arrived.dataset.arrived]) localStorage.removeItem(`${KEPT}${arrived.dataset.person}:${place}`);
}

// One key for the choice that matters most when one is in doubt, one chord to go on.
document.addEventListener("keydown", (event) => {
  if (event.altKey && event.shiftKey && event.code === "KeyA") {
    const box = document.querySelector("#compose [name=anonymous]");
    if (!box) return;
    event.preventDefault();
    box.click();
    box.focus();
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = document.getElementById("compose") || document.getElementById("send");
    if (form) form.requestSubmit();
  }
});
