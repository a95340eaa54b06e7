// Stores the memory of a Python that has imported everything: node store_memory.mjs FOLDER
//
// FOLDER has packages.zip, std.zip, and compiled/ with the libraries. It gets memory.bin, the stored pages, and
// memory.json, what is needed to restore them: see docs/javascripts/run/memory.js.
import { loadPyodide } from "pyodide";
import createModule from "pyodide/pyodide.asm.mjs";
import assert from "node:assert";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import {
  ENVIRONMENT,
  PAGE_SIZE,
  beforePython,
  loadLibraries,
  sitePackages,
} from "../../docs/javascripts/run/memory.js";
import { installPackages } from "../../docs/javascripts/run/python.js";

const [, , folder] = process.argv;
// Whether the browser can suspend WebAssembly is noted in the memory. Those that cannot do not ask.
WebAssembly.Suspending ??= function (run) { return run; };
WebAssembly.promising ??= (run) => run;

const { info } = JSON.parse(fs.readFileSync(new URL("node_modules/pyodide/pyodide-lock.json", import.meta.url)));
const names = fs.readdirSync(`${folder}/compiled`, { recursive: true }).filter((name) => name.endsWith(".so")).sort();
const libraries = names.map((name) => [
  `${sitePackages(info.python)}/${name}`,
  new WebAssembly.Module(fs.readFileSync(`${folder}/compiled/${name}`)),
]);

// Starts Pyodide with the libraries. Before Python starts, `prepared` gets the module; Python waits for its promise.
function start(settings, prepared) {
  return new Promise((done, failed) => {
    loadPyodide({
      ...settings,
      env: { ...ENVIRONMENT },
      stdLibURL: `${folder}/std.zip`,
      createPyodideModule: (forModule) => {
        beforePython(forModule, async (module) => {
          loadLibraries(module, libraries);
          await prepared(module);
        }, failed);
        return createModule(forModule);
      },
    }).then(done, failed);
  });
}

// The pages of a memory that differ from another, as runs [first page, number of pages], and their content.
function difference(memory, other) {
  const runs = [];
  const before = Buffer.alloc(memory.length); // what is beyond the other's end is zero
  other.copy(before);
  for (let page = 0; page * PAGE_SIZE < memory.length; page++) {
    const [from, to] = [page * PAGE_SIZE, (page + 1) * PAGE_SIZE];
    if (memory.compare(before, from, to, from, to) === 0) continue;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === page) last[1]++;
    else runs.push([page, 1]);
  }
  const content = ([page, count]) => memory.subarray(page * PAGE_SIZE, (page + count) * PAGE_SIZE);
  return [runs, Buffer.concat(runs.map(content))];
}

// Fills memory that was used and is free with zeros, since it compresses badly: a tenth of the stored bytes.
function clearFree(module) {
  const top = module._malloc(3 << 20) >>> 0; // what is allocated from here on would make the memory larger
  module._free(top);
  const filled = [];
  for (let size = 1 << 20; size >= 16; size = size > 4096 ? Math.floor(size / 1.25) & ~7 : size - 8) {
    for (;;) {
      const place = module._malloc(size) >>> 0;
      if (place === 0) break;
      if (place >= top) { module._free(place); break; }
      module.HEAPU8.fill(0, place, place + size);
      filled.push(place);
    }
  }
  filled.forEach((place) => module._free(place));
}

// What memory holds before Python starts comes from pyodide.asm.wasm and the libraries, so it need not be stored.
const before = await new Promise((done, failed) => {
  start({}, (module) => {
    done(Buffer.from(module.HEAPU8.slice()));
    return new Promise(() => {}); // this Python never starts
  }).catch(failed);
});

let module;
const python = await start({ _makeSnapshot: true }, async (started) => { module = started; });
installPackages(python, fs.readFileSync(`${folder}/packages.zip`), info.python);
python.runPython(fs.readFileSync(fileURLToPath(new URL("warm_up.py", import.meta.url)), "utf8"));
clearFree(module);
const handles = {};
for (const [handle, library] of Object.entries(module.LDSO.loadedLibsByHandle)) {
  if (Number(handle)) (handles[library.name] ??= []).push(Number(handle));
}
// Pyodide's copy: a header, Pyodide's own references as JSON, and memory. In the header stand a magic number, where
// memory begins, and how long the JSON is.
const HEADER_BYTES = 48;
const copy = Buffer.from(python.makeMemorySnapshot().buffer);
const [offset, length] = [copy.readUInt32LE(4), copy.readUInt32LE(8)];
const references = JSON.parse(copy.toString("utf8", HEADER_BYTES, HEADER_BYTES + length));
assert("hiwireKeys" in references, "Pyodide's copies have another form now: see makeSnapshot in its source.");
const memory = copy.subarray(offset);
const [runs, pages] = difference(memory, before);
fs.writeFileSync(`${folder}/memory.bin`, pages);
fs.writeFileSync(`${folder}/memory.json`, JSON.stringify({
  build: module.API.config.BUILD_ID,
  info,
  libraries: libraries.map(([path]) => path),
  handles,
  heap: memory.length,
  table: module.wasmTable.length,
  references,
  runs,
}));
process.exit(0); // the Python that was stopped before its start would keep the process alive
