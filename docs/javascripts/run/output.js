// Shows what a cell gives, in place of the output that the page came with. All of it is put into the page as text.

const LABEL = "Output (just now, in your browser)";
const outputs = new Map(); // by block: the element, its label, and what it takes the place of

// Begins a fresh output.
export function openOutput(block) {
  closeOutput(block);
  const element = document.createElement("div");
  element.className = "output";
  const label = document.createElement("p");
  label.className = "output-label";
  label.textContent = "Waiting for Python";
  element.append(label);
  const bar = block.nextElementSibling;
  // A snippet's tabs have one stored output, below them.
  const tabs = block.closest(".tabbed-set");
  const next = (tabs ?? bar).nextElementSibling;
  bar.after(element);
  outputs.set(block, { element, label, stored: next?.matches(".output") ? next : null });
  hideStored();
  tabs?.addEventListener("change", hideStored);
}

// Hides each stored output that a fresh one takes the place of.
function hideStored() {
  const shown = [...outputs.values()].filter(({ element }) => element.offsetParent);
  for (const { stored } of outputs.values()) {
    if (stored) stored.hidden = shown.some((output) => output.stored === stored);
  }
}

// Brings back the stored output.
export function closeOutput(block) {
  const output = outputs.get(block);
  if (!output) return;
  for (const { src } of output.element.querySelectorAll("img")) URL.revokeObjectURL(src);
  output.element.remove();
  outputs.delete(block);
  if (output.stored) output.stored.hidden = false;
  hideStored(); // another tab may still have a fresh one
}

// Says that the cell did not run, because of another.
export function labelNotRun(block, reason) {
  outputs.get(block).label.textContent = `Not run: ${reason}`;
}

// Says what has become of the cell. `leftOut` is the number of characters that were too many to show.
export function labelOutput(block, state, leftOut = 0) {
  const { element, label } = outputs.get(block);
  if (leftOut) append(element, "stderr", `\n${leftOut.toLocaleString("en")} more characters are not shown.`);
  for (const pre of element.querySelectorAll("pre")) keepColumns(pre);
  const isEmpty = element.childElementCount === 1;
  if (state === "running") label.textContent = "Running in your browser";
  else if (state === "done") label.textContent = isEmpty ? "Done, without output" : LABEL;
  else label.textContent = `${LABEL}: ${state}`;
}

// Adds one piece of output. Kinds: stdout, stderr, result, error, markdown, html, png, jpeg.
export function show(block, { kind, content, about }) {
  const element = outputs.get(block)?.element;
  if (!element) return; // a task of a cell whose output is closed
  if (kind === "markdown") element.append(tableOf(content) ?? preOf(kind, content));
  else if (kind === "html") element.append(...imagesOf(content).map((image) => region("diagram", "Diagram", image)));
  else if (kind === "png" || kind === "jpeg") {
    const url = URL.createObjectURL(new Blob([content], { type: `image/${kind}` }));
    element.append(imageOf(url, about));
  } else append(element, kind, content);
}

function append(element, kind, text) {
  let pre = element.lastElementChild;
  if (pre.dataset.kind !== kind) element.append((pre = preOf(kind, "")));
  if (!text.includes("\r") && !pre.textContent.endsWith("\r")) return pre.append(text);
  // As in a terminal: what follows a carriage return takes the place of the line so far, as progress bars do.
  pre.textContent = (pre.textContent + text).replace(/[^\n]*\r(?=[^\r\n])/g, "");
}

function preOf(kind, text) {
  const pre = document.createElement("pre");
  pre.dataset.kind = kind;
  pre.append(text);
  return pre;
}

function imageOf(url, about) {
  const image = new Image();
  image.src = url;
  image.alt = about;
  return image;
}

// Of HTML, the images: diagrams come as one. The document of the parser runs no scripts and loads nothing.
function imagesOf(html) {
  const found = new DOMParser().parseFromString(html, "text/html").querySelectorAll('img[src^="data:image/"]');
  return [...found].map(({ src, alt, width, height }) => Object.assign(imageOf(src, alt), { width, height }));
}

// Of Markdown, a table; nothing if the text is none.
function tableOf(markdown) {
  const rows = markdown.trim().split("\n").filter((line) => line.startsWith("|"));
  if (rows.length < 2) return null;
  const table = document.createElement("table");
  table.className = "table";
  for (const [number, line] of rows.entries()) {
    if (number === 1) continue; // the line between the head and the body
    const row = table.insertRow();
    for (const text of line.trim().slice(1, -1).split("|")) {
      const cell = document.createElement(number ? "td" : "th");
      if (!number) cell.scope = "col";
      for (const [place, part] of text.trim().split("`").entries()) {
        if (place % 2) cell.append(Object.assign(document.createElement("code"), { textContent: part }));
        else cell.append(part);
      }
      row.append(cell);
    }
  }
  return region("table-region", "Table", table);
}

// An output with aligned columns keeps them, and scrolls sideways; any other is wrapped. As in tools/website/markup.py.
function keepColumns(pre) {
  const lines = pre.textContent.split("\n");
  if (lines.some((line) => /\S {2,}\S/.test(line)) && lines.every((line) => line.length <= 100)) {
    pre.className = "columns";
    nameRegion(pre, "Output");
  }
}

// A region that scrolls sideways: the keyboard reaches it, and it has a name for screen readers.
function region(className, name, content) {
  const around = document.createElement("div");
  around.className = className;
  around.append(content);
  return nameRegion(around, name);
}

function nameRegion(element, name) {
  element.tabIndex = 0;
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", name);
  return element;
}
