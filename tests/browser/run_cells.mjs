// Runs the cells of pages in Node.js, with the Python of the pages: node run_cells.mjs FOLDER PYODIDE
//
// FOLDER is the packed one. Input: a JSON list of pages, {"alone": whether each cell is a program of its own, "cells":
// [source], "archive": a zip file for the working directory, if there is one}. Output: for each page a line of JSON,
// {"results": [{"state", "outputs": [[kind, content]]}], "late": [files read after the start]}; bytes are base64.
import fs from "node:fs";
import { pathToFileURL } from "node:url";
import zlib from "node:zlib";
import { startPython } from "../../docs/javascripts/run/python.js";

const [, , folder, pyodide] = process.argv;
const at = (name) => import(pathToFileURL(`${pyodide}/${name}`));
const [{ loadPyodide }, { default: createModule }] = await Promise.all([at("pyodide.mjs"), at("pyodide.asm.mjs")]);
const about = JSON.parse(fs.readFileSync(`${folder}/memory.json`));
const unpacked = (name) => new Uint8Array(zlib.gunzipSync(fs.readFileSync(`${folder}/${name}.gz`)));
const libraries = about.libraries.map((name) => [name, new WebAssembly.Module(unpacked(name.split("/").at(-1)))]);
const pages = unpacked("memory.bin");
// Compiling Python takes longest, and Pyodide asks for it with each start.
const instantiate = WebAssembly.instantiate;
let compiled;
WebAssembly.instantiate = async (source, imports) => {
  if (source.byteLength < 1e6 || source instanceof WebAssembly.Module) return instantiate(source, imports);
  compiled ??= await WebAssembly.compile(source);
  return { module: compiled, instance: await instantiate(compiled, imports) };
};

// Emscripten's own sleep keeps the processor busy where it cannot suspend WebAssembly.
const sleep = (seconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);

for (const { alone, cells, archive } of JSON.parse(fs.readFileSync(0))) {
  let outputs = [];
  const late = [];
  const python = await startPython({
    loadPyodide,
    createModule,
    about,
    libraries,
    pages,
    readNow: (name) => (late.push(name), new Uint8Array(fs.readFileSync(`${folder}/${name}`))),
    more: { indexURL: pyodide, stdLibURL: `${folder}/std.zip` },
  });
  for (const kind of ["stdout", "stderr"]) {
    const write = (bytes) => (outputs.push([kind, Buffer.from(bytes).toString()]), bytes.length);
    python[kind === "stdout" ? "setStdout" : "setStderr"]({ write });
  }
  const runner = python.pyimport("cells");
  const send = (kind, content) =>
    outputs.push([kind, typeof content === "string" ? content : Buffer.from(content.toJs()).toString("base64")]);
  runner._sleep = sleep;
  runner.start(send, alone);
  if (archive) python.unpackArchive(new Uint8Array(fs.readFileSync(archive)), "zip");
  const results = [];
  for (const [number, source] of cells.entries()) {
    outputs = [];
    results.push({ state: await runner.run_cell(source, `cell ${number + 1}`), outputs });
  }
  console.log(JSON.stringify({ late, results }));
}
process.exit(0);
