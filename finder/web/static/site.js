// What the pages are nicer with. Everything works without it.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

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
