// Starts Python with the packages of the lessons, in a browser's worker or in Node.js: from its stored memory, or by
// importing everything.
import { ENVIRONMENT, beforePython, loadLibraries, restore, sitePackages, standardLibrary } from "./memory.js";

const PACKAGES = "/lib/packages.zip";

// Settings:
//   loadPyodide, createModule: what pyodide.mjs and pyodide.asm.mjs export.
//   about: memory.json.
//   libraries: a promise of pairs of a file of about.libraries and its WebAssembly.Module.
//   pages: a promise of the stored memory; nothing for a start without it.
//   readNow: returns the bytes of a file of this folder, at once.
//   more: further settings for `loadPyodide`.
export async function startPython({ loadPyodide, createModule, about, libraries, pages, readNow, more }) {
  const python = await new Promise((started, failed) => {
    const prepare = async (module) => {
      if (pages) restore(module, await libraries, about, await pages);
      else loadLibraries(module, await libraries);
    };
    loadPyodide({
      ...more,
      env: { ...ENVIRONMENT },
      lockFileContents: { info: about.info, packages: {} },
      packageBaseUrl: more.indexURL,
      _loadSnapshot: pages && new Uint8Array(1), // it has Pyodide call restoreSnapshot
      createPyodideModule: (settings) => {
        beforePython(settings, prepare, failed);
        return createModule(settings);
      },
    }).then(started, failed);
  });
  if (pages) {
    // What is imported already needs no files. The others are fetched when Python looks for them.
    fetchWhenOpened(python.FS, standardLibrary(about.info.python), () => readNow("std.zip"));
    fetchWhenOpened(python.FS, PACKAGES, () => readNow("packages.zip"));
  } else {
    installPackages(python, readNow("packages.zip"), about.info.python);
  }
  return python;
}

// Puts packages.zip on Python's path. Packages with compiled libraries are unpacked, since Python looks for those in
// files; the libraries themselves are loaded, and their files empty.
export function installPackages(python, archive, version) {
  python.FS.writeFile(PACKAGES, archive);
  python.runPython(`
import sys, zipfile
with zipfile.ZipFile("${PACKAGES}") as archive:
    names = archive.namelist()
    compiled = tuple(name.split("/")[0] + "/" for name in names if name.endswith(".so"))
    archive.extractall("${sitePackages(version)}", [name for name in names if name.startswith(compiled)])
sys.path.append("${PACKAGES}")
del archive, names, compiled
`);
}

// Replaces a file by one whose content `read` returns when it is opened for the first time.
function fetchWhenOpened(FS, path, read) {
  if (FS.analyzePath(path).exists) FS.unlink(path);
  const node = FS.createFile("/", path, {}, true, false);
  node.contents = null;
  const fill = () => {
    if (node.contents) return;
    try {
      node.contents = read();
    } catch {
      throw new FS.ErrnoError(29); // EIO: for Python, the file cannot be read
    }
    node.usedBytes = node.contents.length;
  };
  const after = (functions) =>
    Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, (...all) => (fill(), run(...all))]));
  node.node_ops = { ...node.node_ops, ...after({ getattr: node.node_ops.getattr }) };
  node.stream_ops = after(node.stream_ops);
}
