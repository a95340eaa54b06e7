// A text area in place of a cell's code. It works with every screen reader and on phones, and weighs nothing.

const areaOf = (block) => block.querySelector("textarea");
const storedCode = (block) => block.querySelector("code").textContent;

export const codeOf = (block) => areaOf(block)?.value ?? storedCode(block);

// Opens the text area. Ctrl+Enter and Shift+Enter call `run`; Tab moves on, as everywhere on the page.
export function openEditor(block, name, run) {
  if (areaOf(block)) return areaOf(block).focus();
  const area = document.createElement("textarea");
  const fit = () => { area.rows = area.value.split("\n").length; };
  area.value = storedCode(block).trimEnd();
  area.setSelectionRange(0, 0); // else it shows the end of a long last line
  area.spellcheck = false;
  area.autocapitalize = "off";
  area.setAttribute("aria-label", `Code of ${name}`);
  area.addEventListener("input", fit);
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.shiftKey) return run();
    // A new line begins as far in as the one before, and further after a colon.
    const line = area.value.slice(0, area.selectionStart).split("\n").at(-1);
    const indent = line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
    area.setRangeText(`\n${indent}`, area.selectionStart, area.selectionEnd, "end");
    fit();
  });
  fit();
  block.querySelector("pre").hidden = true;
  block.prepend(area);
  area.focus();
}

export function closeEditor(block) {
  areaOf(block)?.remove();
  block.querySelector("pre").hidden = false;
}
