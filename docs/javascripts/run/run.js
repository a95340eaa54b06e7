// Adds Run and Edit to the programs of a page. Nothing else is loaded before somebody presses one.
for (const block of globalThis.WebAssembly ? document.querySelectorAll("[data-cell]") : []) {
  const bar = document.createElement("div");
  const number = document.createElement("span");
  const problem = document.createElement("span");
  bar.className = "run-bar";
  problem.setAttribute("role", "status");
  const isLesson = !("alone" in block.dataset);
  const which = isLesson ? `cell ${block.dataset.cell}` : "this program";
  number.textContent = isLesson ? `Cell ${block.dataset.cell}` : "";
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
  bar.append(number, problem);
  block.after(bar);
}
