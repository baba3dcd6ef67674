// What the pages are nicer with. Everything works without it.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// A row and its sign on the map light up together.
function light(id, on) {
  for (const mate of $$(`[data-site="${CSS.escape(id)}"]`)) mate.classList.toggle("is-hot", on);
}
for (const type of ["pointerover", "focusin"]) {
  document.addEventListener(type, (event) => follow(event, true));
}
for (const type of ["pointerout", "focusout"]) {
  document.addEventListener(type, (event) => follow(event, false));
}
function follow(event, on) {
  const row = event.target instanceof Element ? event.target.closest("[data-site]") : null;
  if (row && !row.contains(event.relatedTarget)) light(row.dataset.site, on);
}

// The filter sheet on phones: opened by its address, so the way back closes it; Escape does, too.
const sheet = $("#filter");
if (sheet) {
  const isSheet = () => location.hash === "#filter" && getComputedStyle(sheet).position === "fixed";
  const close = () => { location.hash = "#list"; };
  addEventListener("hashchange", () => {
    if (isSheet()) $("input:not([type=hidden]), select, summary", sheet).focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isSheet()) close();
  });
  document.addEventListener("click", (event) => {
    if (isSheet() && !sheet.contains(event.target) && !event.target.closest("a, button, input, select")) close();
  });
  // Fields left empty are no part of a question; the address stays short without a redirect.
  for (const form of [sheet, $(".listhead form")]) {
    form?.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (!String(value).trim()) event.formData.delete(name);
    });
  }
}

for (const button of $$("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
