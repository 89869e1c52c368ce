// One key each for what is done all day. An element with data-key is reached by that key: a field gets the focus,
// anything else is pressed. The rows of what has data-rows are walked by j and k, which put the focus on a row's first
// link: so the focus is seen and read out as anywhere, and Enter opens the row.
//
// Loaded only for those who have not turned single keys off (WCAG 2.2, 2.1.4).
"use strict";

{
  const FIELDS = "input, textarea, select, [contenteditable]";
  const STOPS = "[data-rows] > *, .pages [rel=next]";

  // A key is ours unless it belongs to somebody else: to an input method that composes (229 where a browser does not
  // say so), to the browser (with a modifier), to the field that has the focus, or to the dialog or menu that is open.
  function isOurs(event) {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return false;
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    return !document.activeElement?.closest(FIELDS) && !document.querySelector("dialog[open], [popover]:popover-open");
  }

  function linksOfRows() {
    const links = [...document.querySelectorAll(STOPS)].map((row) => (row.matches("a") ? row : row.querySelector("a[href]")));
    return links.filter((link) => link?.checkVisibility());
  }

  // From the row that has the focus; with none, j begins at the first row and k at the last.
  function walk(step) {
    const links = linksOfRows();
    const row = document.activeElement.closest("[data-rows] > *");
    const here = links.findIndex((link) => link === document.activeElement || row?.contains(link));
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
    links[next]?.focus();
  }

  function reach(element) {
    if (!element.matches(FIELDS)) return element.click();
    element.focus();
    if (element.type === "search") element.select();
  }

  document.addEventListener("keydown", (event) => {
    if (!isOurs(event)) return;
    const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (element && !event.repeat) reach(element);
    else return;
    event.preventDefault();
  });

  for (const element of document.querySelectorAll("[data-key]")) element.setAttribute("aria-keyshortcuts", element.dataset.key);
}
