// Starts Python from a stored copy of its memory, in which everything is imported already: in less than half the time.
//
// Pyodide can store its memory and start from it, but on its own neither with compiled libraries (its issue 6418) nor
// with a memory that has grown (6254). Both work if the same libraries are loaded in the same order before Python
// starts, when the memory is stored and when it is restored: then their functions and data have the same addresses.
// tools/browser/store_memory.mjs stores it, python.js restores it, and both use what stands here.

export const PAGE_SIZE = 4096;
// Python notes these in its memory, so they are the same on both sides.
export const ENVIRONMENT = { HOME: "/home/reader", PYTHONHASHSEED: "0" };

// Calls `prepare(module)` when WebAssembly is there, and lets Python start when its promise is kept. `settings` are
// those that Pyodide gives to `createPyodideModule`; `failed` gets the error if there is one, and Python never starts.
export function beforePython(settings, prepare, failed) {
  settings.preRun.push((module) => {
    module.addRunDependency("before Python");
    prepare(module).then(() => module.removeRunDependency("before Python"), failed);
  });
}

// Where Python finds packages, and where its standard library is. `python` is its version, such as "3.14.2".
export const sitePackages = (python) => `/lib/python${python.replace(/\.\d+$/, "")}/site-packages`;
export const standardLibrary = (python) => `/lib/python${python.replace(/\.\d+$/, "").replace(".", "")}.zip`;

// Loads compiled libraries: pairs of a file and its WebAssembly.Module.
export function loadLibraries(module, libraries) {
  // Python calls functions through a small piece of WebAssembly at the first free place in the table of functions. A
  // browser that cannot have it (iOS, older ones) leaves the place empty, so that all others keep theirs.
  if (!module.HEAP32[trampoline(module)]) module.wasmTable.grow(1);
  for (const [path, compiled] of libraries) {
    const library = module.newDSO(path, undefined, "loading");
    library.refcount = Infinity; // never unloaded
    library.global = false;
    library.exports = module.loadWebAssemblyModule(compiled, { nodelete: true }, path, {});
  }
}

// Loads the libraries, and has Pyodide take stored pages in place of a copy of the whole memory. `about` is memory.json
// and `pages` are those that differ from memory before Python's start, one after the other.
export function restore(module, libraries, about, pages) {
  if (module.API.config.BUILD_ID !== about.build) throw new Error("The memory is that of another build of Pyodide.");
  module.growMemory(about.heap); // Pyodide's own setting has no effect
  const own = module.HEAP32[trampoline(module)]; // depends on the browser
  loadLibraries(module, libraries);
  if (module.wasmTable.length !== about.table) {
    throw new Error(`The table of functions has ${module.wasmTable.length} places, and ${about.table} were stored.`);
  }
  // Python knows its libraries by numbers.
  for (const [path, handles] of Object.entries(about.handles)) {
    for (const handle of handles) module.LDSO.loadedLibsByHandle[handle] = module.LDSO.loadedLibsByName[path];
  }
  module.API.restoreSnapshot = () => {
    let from = 0;
    for (const [first, count] of about.runs) {
      module.HEAPU8.set(pages.subarray(from, from + count * PAGE_SIZE), first * PAGE_SIZE);
      from += count * PAGE_SIZE;
    }
    module.HEAP32[trampoline(module)] = own;
    return about.references;
  };
}

// The place of the trampoline's number in memory.
function trampoline(module) {
  return (module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >>> 2]) >>> 2;
}
