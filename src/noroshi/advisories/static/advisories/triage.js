// Lets the keys of kit/keys.js act on the row that has the focus, goes on at the same place when the page is back, and
// chooses all rows of a page at once.
// Without this script rows are chosen by their boxes.
"use strict";

{
  const PLACE = "triage-place";
  const form = document.querySelector("[data-triage]");
  const rows = () => [...document.querySelectorAll(".list-results [data-rows] > *")];
  const boxOf = (row) => row.querySelector("input[name=story]");

  form.addEventListener("submit", () => {
    const row = document.activeElement?.closest("[data-rows] > *");
    if (!row || rows().some((each) => boxOf(each)?.checked)) return;
    boxOf(row).checked = true;
    sessionStorage.setItem(PLACE, String(rows().indexOf(row)));
  });

  const all = form.querySelector("[data-choose-all]");
  all.hidden = false;
  all.addEventListener("click", () => {
    const boxes = rows().map(boxOf).filter(Boolean);
    const on = boxes.some((box) => !box.checked);
    boxes.forEach((box) => { box.checked = on; });
  });

  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (place !== null && rows().length) {
    const row = rows()[Math.min(Number(place), rows().length - 1)];
    row.querySelector("a[href]")?.focus();
  }
}
