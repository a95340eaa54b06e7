// Adds Run and Edit to the programs of a page. Nothing else is loaded before somebody presses one.
for (const block of globalThis.WebAssembly ? document.querySelectorAll("[data-cell]") : []) {
  const bar = document.createElement("div");
  const problem = document.createElement("span");
  bar.className = "run-bar";
  problem.role = "status";
  const which = "alone" in block.dataset ? "this program" : `cell ${block.dataset.cell}`;
  for (const name of ["Run", "Edit"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.setAttribute("aria-label", `${name} ${which} in your browser`);
    button.onclick = async () => {
      const page = await import("./page.js").catch(() => null);
      problem.textContent = page ? ""
        : navigator.onLine ? "A part of Python is not there any more. Load the page again." : "There is no connection.";
      page?.[name.toLowerCase()](block);
    };
    bar.append(button);
  }
  bar.append(problem);
  block.after(bar);
}
