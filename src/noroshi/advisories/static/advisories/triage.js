// Lets the keys of kit/keys.js act on the row that has the focus, and goes on at the same place when the page is back.
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

  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (place !== null && rows().length) {
    const row = rows()[Math.min(Number(place), rows().length - 1)];
    row.querySelector("a[href]")?.focus();
  }
}
