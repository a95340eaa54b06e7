// Python for one page, in a worker of its own. Messages from the page:
//   start: memory (whether to use the stored one), alone (each cell is a program), sha256 (of memory.json), more (pairs
//     of a name and its SHA-256: wheels, and an archive with files for the working directory).
//   run: cell, source, signal (an address that the page takes back to stop the cell).
//   stop: ends a cell that waits.
// Messages to the page: progress, ready, output, done, failed.
import { startPython } from "./python.js";

const folder = new URL("./", import.meta.url);
const ownFetch = fetch;
const MOST_CHARACTERS = 200_000; // of one cell
const PIECE_MILLISECONDS = 16;
const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
let about;
let runner;
const printed = { kind: "", text: "", total: 0, last: 0 };
let later = null;
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
  about = JSON.parse(new TextDecoder().decode(await load("memory.json", sha256)));
  const packed = about.libraries.map((name) => `${name.split("/").at(-1)}.gz`);
  const needed = ["pyodide.asm.wasm.gz", ...packed, ...(memory ? ["memory.bin.gz"] : ["std.zip", "packages.zip"])];
  const total = needed.reduce((sum, name) => sum + about.files[name].size, 0);
  const files = Object.fromEntries(needed.map((name) => [name, load(name, about.files[name].sha256, total)]));
  const besides = more.map(([name, sha256]) => [name, load(name, sha256)]);
  const compiled = packed.map(async (name) => WebAssembly.compile(await unpack(await files[name])));
  const wasm = files["pyodide.asm.wasm.gz"].then(unpack);
  // Pyodide asks for its wasm file by this name.
  self.fetch = (target, ...settings) => {
    return String(target).endsWith("pyodide.asm.wasm") ? wasm.then(asWasm) : ownFetch(target, ...settings);
  };
  const [{ loadPyodide }, { default: createModule }, std, packages] = await Promise.all([
    loadScript("./pyodide.mjs"), loadScript("./pyodide.asm.mjs"), files["std.zip"], files["packages.zip"],
  ]);
  const python = await startPython({
    loadPyodide,
    createModule,
    about,
    libraries: Promise.all(compiled).then((modules) => modules.map((module, i) => [about.libraries[i], module])),
    pages: memory && files["memory.bin.gz"].then(unpack),
    readNow: (name) => (name === "packages.zip" && packages) || readNow(name),
    more: { indexURL: String(folder), stdLibURL: memory ? "data:," : URL.createObjectURL(new Blob([std])) },
  });
  for (const [name, content] of besides) python.unpackArchive(await content, name.endsWith(".whl") ? "wheel" : "zip");
  python.setStdout({ write: (content) => print("stdout", content) });
  python.setStderr({ write: (content) => print("stderr", content) });
  python.setInterruptBuffer(interrupts);
  runner = python.pyimport("cells");
  runner.start((kind, content, about) => send(kind, content.toJs?.() ?? content, about), alone);
}

async function run({ cell, source, signal: address }) {
  printed.total = 0;
  signal = address;
  nextLook = performance.now() + 100;
  let state;
  try {
    state = await runner.run_cell(source, `cell ${cell}`);
  } catch (error) {
    // Not an error of the cell's, which Python has written down: Python itself has ended.
    postMessage({ type: "failed", reason: "ended", message: String(error) });
    return;
  }
  signal = null;
  flush();
  postMessage({ type: "done", state, leftOut: Math.max(printed.total - MOST_CHARACTERS, 0) });
}

function send(kind, content, about = "") {
  flush();
  postMessage({ type: "output", kind, content, about });
}

// What is printed is sent while Python is busy, so that the page shows it, in pieces that the page can keep up with.
function print(kind, content) {
  if (printed.kind !== kind) flush();
  const text = decoders[kind].decode(content, { stream: true });
  const rest = MOST_CHARACTERS - printed.total;
  printed.kind = kind;
  printed.text += text.slice(0, Math.max(rest, 0));
  printed.total += text.length;
  if (performance.now() > printed.last + PIECE_MILLISECONDS) flush();
  else later ??= setTimeout(flush, PIECE_MILLISECONDS); // for a cell that waits now
  return content.length;
}

function flush() {
  clearTimeout(later);
  later = null;
  if (!printed.text) return;
  postMessage({ type: "output", kind: printed.kind, content: printed.text });
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
  const content = new Uint8Array(await new Blob(chunks).arrayBuffer());
  await check(name, content, sha256);
  return content;
}

// Browsers offer the check where it counts: on pages that came over HTTPS, and on this machine's own. A server that has
// unpacked a file on its way has checked nothing, so neither can the page.
async function check(name, content, sha256) {
  const isUnpacked = name.endsWith(".gz") && !isGzip(content);
  if (isUnpacked || !globalThis.crypto.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  if (digest.reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "") !== sha256) {
    // Without the stored memory, Python starts all the same.
    throw Object.assign(new Error(`${name} is damaged.`), name === "memory.bin.gz" ? {} : { reason: "missing" });
  }
}

const isGzip = (content) => content[0] === 0x1f && content[1] === 0x8b;
const asWasm = (content) => new Response(content, { headers: { "Content-Type": "application/wasm" } });

async function unpack(content) {
  if (!isGzip(content)) return content;
  const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

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
