// Runs the cells of a page: their order, the worker with Python, Stop and Reset, and what the reader is told.
import { closeEditor, codeOf, openEditor } from "./editor.js";
import { closeOutput, labelNotRun, labelOutput, openOutput, show } from "./output.js";

const STOP_SECONDS = 3;
const SLOW = ". This takes longer in this browser.";
const tag = document.querySelector("script[data-memory]").dataset;
const blocks = [...document.querySelectorAll("[data-cell]")];
const alone = "alone" in blocks[0].dataset; // each is a program of its own
const begun = new Set(); // blocks that wait, run, or have run
let queue = [];
let running = null;
let signal = null;
let worker = null;
let isReady = false;
let usesMemory = new URLSearchParams(location.search).get("memory") !== "none";

const status = make("span");
status.setAttribute("role", "status");
const detail = make("span"); // what changes too often to be read aloud
const more = make("span"); // see offer
const about = make("a", { href: tag.about, textContent: "How this works" });
const help = make("a", { href: tag.help, textContent: "How to open it in JupyterLab", className: "open-elsewhere" });
const panel = make("div", { className: "run-panel", tabIndex: -1 });
panel.setAttribute("role", "region");
panel.setAttribute("aria-label", "Python in this page");
const told = make("p");
told.append(status, " ", detail);
panel.append(told, makeButton("Stop", stop), makeButton("Reset", reset), more, about, ...(alone ? [] : [help]));
document.head.append(make("link", { rel: "stylesheet", href: new URL("run.css", import.meta.url) }));
document.querySelector(".md-content").append(panel);
document.addEventListener("keydown", ({ key }) => key === "Escape" && running && stop());

// Runs a block, and before it all blocks above it that have not run. Those in folded solutions run by their own button.
export function run(block) {
  if (queue.includes(block) || running === block) return;
  const before = alone ? [] : blocks.slice(0, blocks.indexOf(block));
  queue.push(...before.filter((one) => !begun.has(one) && !one.closest("details")), block);
  for (const one of queue) {
    begun.add(one);
    openOutput(one);
  }
  if (!worker) startPython();
  else runNext();
}

export function edit(block) {
  openEditor(block, nameOf(block), () => run(block));
  if (!running) say("Ctrl+Enter or Shift+Enter runs what you write.");
}

function stop() {
  dropQueue();
  if (worker && !isReady) return endPython("Stopped.");
  if (!running) return;
  const stopped = signal;
  URL.revokeObjectURL(signal); // for a cell that computes: see worker.js
  worker.postMessage({ type: "stop" }); // for one that waits
  setTimeout(() => {
    if (!running || signal !== stopped) return; // it has ended, and may run again
    say("The program does not stop. Variables are lost if you end Python.");
    offer("End Python", () => endPython(MESSAGES.ended));
  }, STOP_SECONDS * 1000);
}

function reset() {
  if (document.querySelector("[data-cell] textarea") && !confirm("This discards what you have written. Go on?")) return;
  endPython("Code and outputs are the stored ones again.");
  for (const block of blocks) {
    closeOutput(block);
    closeEditor(block);
  }
}

function startPython() {
  isReady = false;
  more.replaceChildren();
  say(`Loading Python into this page${usesMemory ? "" : SLOW}`);
  // From an address of its own making, the worker keeps to the page's policy: no requests to other hosts.
  const source = `import ${JSON.stringify(new URL("worker.js", import.meta.url))};`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const mine = new Worker(address, { type: "module" });
  worker = mine;
  worker.onmessage = ({ data }) => mine === worker && receive[data.type](data);
  // Errors of tasks that a cell has left behind come here, too; they change nothing.
  worker.onerror = ({ message }) => {
    if (mine === worker && !isReady) receive.failed({ reason: navigator.onLine ? "missing" : "offline", message });
  };
  const besides = JSON.parse(tag.more || "[]");
  worker.postMessage({ type: "start", memory: usesMemory, alone, sha256: tag.memory, more: besides });
}

// What the worker says.
const receive = {
  progress({ received, total }) {
    if (received === total) say("Starting Python");
    else detail.textContent = `${megabytes(received)} of ${megabytes(total)} MB, once`;
  },
  ready() {
    isReady = true;
    say("Python is ready.");
    runNext();
  },
  output(data) {
    show(blocks.find((block) => block.dataset.cell === data.cell), data);
  },
  done({ state, leftOut }) {
    URL.revokeObjectURL(signal);
    more.replaceChildren();
    labelOutput(running, state, leftOut);
    const ended = `${nameOf(running)} ${{ done: "is done", failed: "has failed", stopped: "was stopped" }[state]}.`;
    say(ended);
    running = null;
    // The cells below would need what this one did not do.
    if (state !== "done") dropQueue(ended);
    runNext();
  },
  failed({ reason, message }) {
    const wanted = queue;
    const wasMemory = usesMemory && reason === "python";
    endPython(MESSAGES[reason]);
    console.warn(reason, message);
    if (wasMemory) usesMemory = false; // it does not fit this browser
    if (!wasMemory && reason !== "offline") return;
    const again = () => wanted.forEach((block) => run(block));
    if (wasMemory) again();
    else offer("Try again", again);
  },
};

const MESSAGES = {
  python: "This browser cannot run Python. On your machine the code runs in JupyterLab:",
  missing: "A part of Python is not there any more. Load the page again.",
  offline: "There is no connection.",
  ended: "Python has ended. Run starts it again.",
};

function runNext() {
  if (running || !isReady || !queue.length) return;
  running = queue.shift();
  labelOutput(running, "running");
  signal = URL.createObjectURL(new Blob(["run"]));
  say(`${nameOf(running)} is running. Escape stops it.`);
  worker.postMessage({ type: "run", cell: running.dataset.cell, source: codeOf(running), signal });
}

// Ends Python with all its variables. Outputs stay.
function endPython(message) {
  worker?.terminate();
  worker = null;
  isReady = false;
  dropQueue();
  if (running) labelOutput(running, "stopped");
  running = null;
  URL.revokeObjectURL(signal);
  begun.clear();
  more.replaceChildren();
  say(message);
}

// Forgets the cells that wait. If it is because of another cell, that is said at each.
function dropQueue(reason) {
  for (const block of queue) {
    begun.delete(block);
    if (reason) labelNotRun(block, reason);
    else closeOutput(block);
  }
  queue = [];
}

function nameOf(block) {
  return alone ? "The program" : `Cell ${block.dataset.cell}`;
}

function say(text) {
  status.textContent = text;
  detail.textContent = "";
}

function make(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

// Shows a button that goes away when it is pressed. The focus stays near.
function offer(name, action) {
  const act = () => {
    panel.focus({ preventScroll: true });
    more.replaceChildren();
    action();
  };
  more.replaceChildren(makeButton(name, act));
}

function makeButton(name, action) {
  return make("button", { type: "button", textContent: name, onclick: action });
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
