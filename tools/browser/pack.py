"""Pack Python for the pages that run their programs: `make run-files`, or `python -m tools.browser.pack`.

It unpacks the wheels of requirements.txt, `helpers`, and `sandbox`, compiles all modules, starts Python once, imports
what the lessons use, and stores its memory. The result is a folder `.cache/browser/VERSION`, whose name follows from
everything that goes into it; `make site` copies it. Node.js and the npm package `pyodide` are needed.
"""

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.archives import make_zip
from tools.browser.lazy import make_lazy
from tools.lessons import ROOT

HERE = Path(__file__).parent
PYODIDE = HERE / "node_modules" / "pyodide"
CACHE = ROOT / ".cache" / "browser"
PAGE = ROOT / "docs" / "javascripts" / "run"
"""What the page itself loads: scripts and a style sheet."""

_OWN = ("helpers", "sandbox")
_FIRST_DIGITS = 12
_KEPT = 3
"""How many packed folders stay: that of another branch can be used again."""
_LICENSES = """What runs in the pages, and its licenses

Pyodide: Mozilla Public License 2.0, https://www.mozilla.org/MPL/2.0/; its source: https://github.com/pyodide/pyodide
Python: Python Software Foundation License Version 2, the same text as that of typing_extensions below
Emscripten and musl, which are in pyodide.asm.wasm: MIT, https://github.com/emscripten-core/emscripten
Libraries in pyodide.asm.wasm and in compiled packages: see their projects' lists, linked from Pyodide and PyPI
"""


def version() -> str:
    """Return the name of the folder for what is in the project now."""
    names = ("package-lock.json", "requirements.txt", "pack.py", "lazy.py", "warm_up.py")
    inputs = [*map(HERE.joinpath, names), *HERE.glob("*.mjs"), *HERE.glob("python/**/*.py")]
    inputs += [PAGE / "memory.js", PAGE / "python.js"]
    inputs += [path for name in _OWN for path in _files(ROOT / name)]
    digest = hashlib.sha256()
    for path in sorted(inputs):
        digest.update(
            f"{path.relative_to(ROOT).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
        )
    return digest.hexdigest()[:_FIRST_DIGITS]


def pack(target: Path) -> None:
    """Make the folder with all that a page needs for Python.

    Args:
        target: the folder, which does not exist yet.

    Raises:
        subprocess.CalledProcessError: pip or Node.js failed; they have said why.
    """
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        packages = folder / "packages"
        _download(CACHE / "wheels", folder / "wheels")
        for wheel in (folder / "wheels").iterdir():
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(packages)
        for path in (ROOT / own for own in _OWN):
            shutil.copytree(path, packages / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(HERE / "python", packages, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        make_lazy(packages / "openai" / "types")
        _node("compile.mjs", folder)
        _zip(folder / "std", folder / "std.zip")
        _zip(folder / "compiled", folder / "packages.zip")
        _node("store_memory.mjs", folder)
        _assemble(folder, folder / "done")
        (folder / "done").rename(target)


def _download(kept: Path, wheels: Path) -> None:
    """Get the wheels, from the folder of those that were downloaded before if all are there."""
    info = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))["info"]
    python = info["python"].rpartition(".")[0]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    # pip evaluates markers for its own Python, so the list names every package.
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--requirement", str(HERE / "requirements.txt")]
    command += ["--platform", f"pyemscripten_{info['abi_version']}_wasm32", "--python-version", python]
    command += ["--implementation", "cp", "--abi", f"cp{python.replace('.', '')}", "--abi", "abi3", "--abi", "none"]
    command += ["--dest", str(wheels)]
    kept.mkdir(exist_ok=True)
    if subprocess.run([*command, "--no-index", "--find-links", str(kept)], capture_output=True).returncode:
        subprocess.run(command, check=True)
        shutil.copytree(wheels, kept, dirs_exist_ok=True)


def _node(script: str, folder: Path) -> None:
    subprocess.run(["node", str(HERE / script), str(folder)], check=True)


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _zip(folder: Path, file: Path) -> None:
    """Pack a folder. Compiled libraries are empty files in it: they are loaded in another way."""
    contents = ((path, b"" if path.suffix == ".so" else path.read_bytes()) for path in _files(folder))
    file.write_bytes(make_zip((path.relative_to(folder).as_posix(), content, 0o644) for path, content in contents))


def _assemble(folder: Path, target: Path) -> None:
    """Gather what the page loads, compressed: hosts of static sites do not compress types that they do not know."""
    about = json.loads((folder / "memory.json").read_text("utf-8"))
    compressed = {
        "pyodide.asm.wasm.gz": PYODIDE / "pyodide.asm.wasm",
        "memory.bin.gz": folder / "memory.bin",
        **{f"{path.name}.gz": path for path in (folder / "compiled").rglob("*.so")},
    }
    target.mkdir()
    for name, source in compressed.items():
        (target / name).write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))
    for source in (PYODIDE / "pyodide.mjs", PYODIDE / "pyodide.asm.mjs", folder / "std.zip", folder / "packages.zip"):
        shutil.copy(source, target)
    about["files"] = {
        path.name: {"size": path.stat().st_size, "sha256": hashlib.sha256(_unpacked(path)).hexdigest()}
        for path in _files(target)
    }
    (target / "memory.json").write_text(json.dumps(about, separators=(",", ":")), "utf-8")
    (target / "LICENSES.txt").write_text("\n\n".join(_licenses(folder / "packages")), "utf-8")


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def _licenses(packages: Path) -> Iterator[str]:
    yield _LICENSES
    yield f"This project\n\n{(ROOT / 'LICENSE').read_text('utf-8')}"
    for file in _files(packages):
        if file.name.upper().startswith(("LICEN", "COPYING", "NOTICE")) or file.name == "word_vectors.txt":
            yield f"{file.relative_to(packages).as_posix()}\n\n{file.read_text('utf-8')}"


def _find_problem() -> str | None:
    """Say what keeps Python from being packed; None if nothing does."""
    if shutil.which("node") is None or not PYODIDE.is_dir():
        return "Node.js or the npm package pyodide is not there"
    locked = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]["node_modules/pyodide"]["version"]
    there = json.loads((PYODIDE / "package.json").read_text("utf-8"))["version"]
    return None if there == locked else f"pyodide {there} is installed, not {locked}: run `make run-files`"


def main() -> int:
    """Pack, unless it was done already or cannot be done here."""
    target = CACHE / version()
    if problem := _find_problem():
        print(f"Python for the site's pages is not packed, so they only show their programs: {problem}.")
        return 0
    if target.is_dir():
        print(f"{target.relative_to(ROOT)} is there already.")
        return 0
    CACHE.mkdir(parents=True, exist_ok=True)
    print("Packing Python for the site's pages, once for each version of its parts: a minute or two.")
    try:
        pack(target)
    except subprocess.CalledProcessError as error:
        print(f"Python for the site's pages could not be packed: {Path(error.cmd[0]).name} failed, see above.")
        return 1
    for old in sorted(CACHE.glob("*/memory.json"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        shutil.rmtree(old.parent)
    size = sum(path.stat().st_size for path in _files(target))
    print(f"{target.relative_to(ROOT)} has {size / 1e6:.0f} MB.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
