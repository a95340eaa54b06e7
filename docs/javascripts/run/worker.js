// Python for one page, in a worker of its own. Messages from the page:
//   start: memory (whether to use the stored one), alone (each cell is a program), sha256 (of memory.json), more (pairs
//     of a name and its SHA-256: wheels, and an archive with files for the working directory).
//   run: cell, source, signal (an address that the page takes back to stop the cell).
//   stop: ends a cell that waits.
// Messages to the page: progress, ready, output, done, failed.
import { startPython } from "./python.js";

// A worker from an address of the site would not keep to the page's policy, so no cell may start one.
delete self.Worker;

const folder = new URL("./", import.meta.url);
const ownFetch = fetch;
const MOST_CHARACTERS = 200_000; // of one cell
const PIECE_MILLISECONDS = 16;
const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
let runner;
const printed = { kind: "", text: "", total: 0, last: 0 };
let later = null;
let current; // the cell that runs, or ran last
let signal = null;
let nextLook = 0;

onmessage = async ({ data }) => {
  if (data.type === "start") {
    try {
      await start(data);
      postMessage({ type: "ready" });
    } catch (error) {
      postMessage({ type: "failed", reason: error.reason ?? "python", message: String(error) });
    }
  } else if (data.type === "run") {
    run(data);
  } else if (data.type === "stop") {
    signal = null; // else the interrupt would come while Python ends the cell
    runner.stop();
  }
};

async function start({ memory, alone, sha256, more }) {
  const about = JSON.parse(new TextDecoder().decode(await load("memory.json", sha256)));
  const packed = about.libraries.map((name) => `${name.split("/").at(-1)}.gz`);
  const needed = ["pyodide.asm.wasm.gz", ...packed, ...(memory ? ["memory.bin.gz"] : ["std.zip", "packages.zip"])];
  const total = needed.reduce((sum, name) => sum + about.files[name].size, 0);
  const files = Object.fromEntries(needed.map((name) => [name, load(name, about.files[name].sha256, total)]));
  const besides = more.map(([name, sha256]) => [name, load(name, sha256)]);
  const compiled = packed.map(async (name) => WebAssembly.compile(await files[name]));
  const wasm = files["pyodide.asm.wasm.gz"];
  // Pyodide asks for its wasm file by this name.
  self.fetch = (target, ...settings) => {
    return String(target).endsWith("pyodide.asm.wasm") ? wasm.then(asWasm) : ownFetch(target, ...settings);
  };
  const [{ loadPyodide }, { default: createModule }, std, packages] = await Promise.all([
    loadScript("./pyodide.mjs"), loadScript("./pyodide.asm.mjs"), files["std.zip"], files["packages.zip"],
  ]);
  const starting = startPython({
    loadPyodide,
    createModule,
    about,
    libraries: Promise.all(compiled).then((modules) => modules.map((module, i) => [about.libraries[i], module])),
    pages: memory && files["memory.bin.gz"],
    readNow: (name) => (name === "packages.zip" && packages) || readNow(name),
    more: { indexURL: String(folder), stdLibURL: memory ? "data:," : URL.createObjectURL(new Blob([std])) },
  });
  // Pyodide only logs it if its own file cannot be had.
  const python = await Promise.race([starting, wasm.then(() => starting)]);
  python._api.on_fatal = (error) => postMessage({ type: "failed", reason: "ended", message: String(error) });
  for (const [name, content] of besides) python.unpackArchive(await content, name.endsWith(".whl") ? "wheel" : "zip");
  python.setStdout({ write: (content) => print("stdout", content) });
  python.setStderr({ write: (content) => print("stderr", content) });
  python.setInterruptBuffer(interrupts);
  runner = python.pyimport("cells");
  runner.start((kind, content, about) => send(kind, content.toJs?.() ?? content, about), alone);
}

async function run({ cell, source, signal: address }) {
  current = cell;
  printed.total = 0;
  signal = address;
  nextLook = performance.now() + 100;
  let state;
  try {
    state = await runner.run_cell(source, `cell ${cell}`);
  } catch (error) {
    // An error of the cell's is written down by Python. This one came while it did that: Stop, if nothing is broken.
    if (error.type !== "KeyboardInterrupt") {
      return postMessage({ type: "failed", reason: "ended", message: String(error) });
    }
    state = "stopped";
  }
  signal = null;
  flush();
  postMessage({ type: "done", state, leftOut: Math.max(printed.total - MOST_CHARACTERS, 0) });
}

function send(kind, content, about = "") {
  flush();
  const shown = typeof content === "string" ? fit(content) : content;
  postMessage({ type: "output", cell: current, kind, content: shown, about });
}

// Cuts text to what a cell may still show.
function fit(text) {
  const rest = MOST_CHARACTERS - printed.total;
  printed.total += text.length;
  return text.slice(0, Math.max(rest, 0));
}

// What is printed is sent while Python is busy, so that the page shows it, in pieces that the page can keep up with.
function print(kind, content) {
  if (printed.kind !== kind) flush();
  const text = decoders[kind].decode(content, { stream: true });
  printed.kind = kind;
  printed.text += fit(text);
  if (performance.now() > printed.last + PIECE_MILLISECONDS) flush();
  else later ??= setTimeout(flush, PIECE_MILLISECONDS); // for a cell that waits now
  return content.length;
}

function flush() {
  clearTimeout(later);
  later = null;
  if (!printed.text) return;
  postMessage({ type: "output", cell: current, kind: printed.kind, content: printed.text });
  printed.text = "";
  printed.last = performance.now();
}

async function loadScript(name) {
  try {
    return await import(name);
  } catch (error) {
    // Anything else than a TypeError is said of the script's content.
    const reason = navigator.onLine ? "missing" : "offline";
    throw error instanceof TypeError ? Object.assign(error, { reason }) : error;
  }
}

let received = 0;
async function load(name, sha256, total) {
  let response;
  try {
    response = await ownFetch(new URL(name, folder));
  } catch (error) {
    throw Object.assign(error, { reason: "offline" });
  }
  if (!response.ok) throw Object.assign(new Error(`${name}: status ${response.status}`), { reason: "missing" });
  const chunks = [];
  try {
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      if (total) postMessage({ type: "progress", received: (received += value.length), total });
    }
  } catch (error) {
    throw Object.assign(error, { reason: "offline" });
  }
  const content = await unpack(new Blob(chunks)).catch(() => null);
  if (!content || !(await isWhole(content, sha256))) {
    // Without the stored memory, Python starts all the same.
    throw Object.assign(new Error(`${name} is damaged.`), name === "memory.bin.gz" ? {} : { reason: "missing" });
  }
  return content;
}

// Unpacks what begins as gzip does. A server may have unpacked it on its way.
async function unpack(blob) {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const isPacked = first === 0x1f && second === 0x8b;
  const body = isPacked ? blob.stream().pipeThrough(new DecompressionStream("gzip")) : blob;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

// Browsers offer the check where it counts: on pages that came over HTTPS, and on this machine's own.
async function isWhole(content, sha256) {
  if (!globalThis.crypto.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

const asWasm = (content) => new Response(content, { headers: { "Content-Type": "application/wasm" } });

function readNow(name) {
  const request = new XMLHttpRequest();
  request.open("GET", new URL(name, folder), false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${name}: status ${request.status}`);
  return new Uint8Array(request.response);
}

// Stops a busy Python without shared memory, which needs headers that many hosts cannot send. Python asks for signals
// all the time. Asked that, this tries the address that the page has given out. Once it is taken back, that fails.
const interrupts = {
  length: 1,
  set 0(value) {},
  get 0() {
    const now = performance.now();
    if (now > printed.last + PIECE_MILLISECONDS) flush();
    if (!signal || now < nextLook) return 0;
    nextLook = now + 100;
    const request = new XMLHttpRequest();
    request.open("GET", signal, false);
    try {
      request.send();
      return 0;
    } catch {
      signal = null;
      return 2; // SIGINT
    }
  },
};
