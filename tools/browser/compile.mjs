// Compiles Python modules to .pyc with the very Python that will run them: node compile.mjs FOLDER
//
// FOLDER/packages and Python's standard library become FOLDER/compiled and FOLDER/std, with the same names.
import { loadPyodide } from "pyodide";
import { fileURLToPath } from "node:url";

const [, , folder] = process.argv;
const python = await loadPyodide();
const pyodide = fileURLToPath(new URL("node_modules/pyodide", import.meta.url));
for (const [inside, outside] of [["/build", folder], ["/npm", pyodide]]) {
  python.FS.mkdirTree(inside);
  python.mountNodeFS(inside, outside);
}
python.runPython(`
import importlib._bootstrap_external as bootstrap
import sys
import zipfile
from pathlib import Path

OWN = ("helpers/", "sandbox/", "IPython/", "cells.py", "httpx2_jsfetch.py")


def compiled(source, path, optimize):
    code = compile(source, path, "exec", dont_inherit=True, optimize=optimize)
    # Marked as never to be compared with a source.
    return bootstrap._code_to_hash_pyc(code, bytes(8), False)


def convert(files, target, prefix):
    """Compile files, pairs of a name and its content, into a folder; what is no module is copied."""
    for name, content in files:
        # anyio reads the source of its own modules to import them late.
        if name.endswith(".py") and b"install_lazy_importer():" not in content:
            # Others' packages without docstrings, which nobody reads here and everybody would load.
            content = compiled(content, f"{prefix}/{name}", 0 if name.startswith(OWN) else 2)
            name += "c"
        file = Path(target, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


packages = Path("/build/packages")
files = sorted(file for file in packages.rglob("*") if file.is_file())
convert(((str(file.relative_to(packages)), file.read_bytes()) for file in files), "/build/compiled", "/lib/packages.zip")
with zipfile.ZipFile("/npm/python_stdlib.zip") as archive:
    names = [name for name in archive.namelist() if not name.endswith("/")]
    convert(((name, archive.read(name)) for name in names), "/build/std", sys.path[1])
`);
