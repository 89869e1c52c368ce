// What the pages do beyond HTML and htmx: remember the appearance, open dialogs in older browsers, say when a request failed.
"use strict";

const root = document.documentElement;

function markTheme(choice) {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

function chooseTheme(choice) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${choice}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  if (choice) root.dataset.theme = choice;
  else delete root.dataset.theme;
  markTheme(choice);
}

function say(sentence) {
  const area = document.getElementById("notices");
  if (!area || !sentence) return;
  const notice = document.createElement("p");
  notice.className = "notice notice-error";
  notice.textContent = sentence;
  area.replaceChildren(notice);
  setTimeout(() => notice.remove(), 12000);
}

// Browsers without invoker commands: a button names its dialog by commandfor.
function invoke(button) {
  const dialog = document.getElementById(button.getAttribute("commandfor"));
  if (button.getAttribute("command") === "show-modal") dialog.showModal();
  else dialog.close();
}

document.addEventListener("click", (event) => {
  const theme = event.target.closest("[data-theme-choice]");
  if (theme) chooseTheme(theme.dataset.themeChoice);
  const button = event.target.closest("button[commandfor]");
  if (button && !("commandForElement" in HTMLButtonElement.prototype)) invoke(button);
});

document.addEventListener("htmx:responseError", () => say(document.getElementById("notices")?.dataset.failed));
document.addEventListener("htmx:sendError", () => say(document.getElementById("notices")?.dataset.offline));

for (const group of document.querySelectorAll("[data-themes]")) group.hidden = false;
markTheme(root.dataset.theme ?? "");
