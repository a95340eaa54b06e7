// Adds Run and Edit to the programs of a page. Nothing else is loaded before somebody presses one.
let page;
for (const block of globalThis.WebAssembly ? document.querySelectorAll("[data-cell]") : []) {
  const bar = document.createElement("div");
  bar.className = "run-bar";
  const which = "alone" in block.dataset ? "this program" : `cell ${block.dataset.cell}`;
  for (const name of ["Run", "Edit"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.setAttribute("aria-label", `${name} ${which} in your browser`);
    button.onclick = async () => {
      page ??= import("./page.js");
      (await page)[name.toLowerCase()](block);
    };
    bar.append(button);
  }
  block.after(bar);
}
