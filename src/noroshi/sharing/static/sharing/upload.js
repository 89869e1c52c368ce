// Shows how far a file has got. Without this script the form is sent as any other.
"use strict";

// Goes to the page that a form leads to; where that is this one, it is fetched anew.
function show(address) {
  if (address === location.href.split("#")[0]) location.reload();
  else location.assign(address);
}

function send(form) {
  const bar = form.querySelector("progress");
  const call = new XMLHttpRequest();
  call.open("POST", form.action);
  call.upload.addEventListener("progress", (event) => {
    bar.hidden = false;
    if (event.lengthComputable) bar.value = Math.floor((100 * event.loaded) / event.total);
  });
  call.addEventListener("load", () => {
    if (call.status < 400) { show(call.responseURL); return; }
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
