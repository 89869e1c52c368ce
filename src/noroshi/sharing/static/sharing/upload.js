// Shows how far a file has got. Without this script the form is sent as any other.
"use strict";

function send(form) {
  const bar = form.querySelector("progress");
  const call = new XMLHttpRequest();
  call.open("POST", form.action);
  call.upload.addEventListener("progress", (event) => {
    bar.hidden = false;
    if (event.lengthComputable) bar.value = Math.floor((100 * event.loaded) / event.total);
  });
  call.addEventListener("load", () => {
    if (call.status < 400) { location.assign(call.responseURL); location.reload(); return; }
    const page = new DOMParser().parseFromString(call.responseText, "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
  });
  call.addEventListener("error", () => form.submit());
  call.send(new FormData(form));
}

for (const form of document.querySelectorAll("[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.querySelector("button").disabled = true;
    send(form);
  });
}
