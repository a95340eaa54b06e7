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

from tools.browser.lazy import make_lazy
from tools.lessons import ROOT

HERE = Path(__file__).parent
PYODIDE = HERE / "node_modules" / "pyodide"
CACHE = ROOT / ".cache" / "browser"
PAGE = ROOT / "docs" / "javascripts" / "run"
"""What the page itself loads: scripts and a style sheet."""

_OWN = ("helpers", "sandbox")
_FIRST_DIGITS = 12


def version() -> str:
    """Return the name of the folder for what is in the project now."""
    names = ("package-lock.json", "requirements.txt", "pack.py", "lazy.py", "warm_up.py")
    inputs = [*map(HERE.joinpath, names), *HERE.glob("*.mjs"), *HERE.glob("python/**/*.py")]
    inputs += [PAGE / "memory.js", PAGE / "python.js"]
    inputs += [path for name in _OWN for path in _files(ROOT / name)]
    digest = hashlib.sha256()
    for path in sorted(inputs):
        digest.update(f"{path.relative_to(ROOT)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:_FIRST_DIGITS]


def pack(target: Path) -> None:
    """Make the folder with all that a page needs for Python.

    Args:
        target: the folder, which does not exist yet.

    Raises:
        subprocess.CalledProcessError: pip or Node.js failed; they have said why.
    """
    wheels = CACHE / "wheels"
    _download(wheels)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        packages = folder / "packages"
        for wheel in _wheels(wheels):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(packages)
        for path in (ROOT / own for own in _OWN):
            shutil.copytree(path, packages / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(HERE / "python", packages, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        make_lazy(packages / "openai" / "types")
        _node("compile.mjs", folder)
        _zip(folder / "std", folder / "std.zip", zipfile.ZIP_DEFLATED)
        _zip(folder / "compiled", folder / "packages.zip", zipfile.ZIP_DEFLATED)
        _node("store_memory.mjs", folder)
        _assemble(folder, folder / "done")
        (folder / "done").rename(target)


def _download(wheels: Path) -> None:
    info = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))["info"]
    python = info["python"].rpartition(".")[0]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    # pip evaluates markers for its own Python, so the list names every package.
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:"]
    command += ["--platform", f"pyemscripten_{info['abi_version']}_wasm32", "--python-version", python]
    command += ["--implementation", "cp", "--abi", f"cp{python.replace('.', '')}", "--abi", "abi3", "--abi", "none"]
    subprocess.run([*command, "--dest", str(wheels), "--requirement", str(HERE / "requirements.txt")], check=True)


def _wheels(folder: Path) -> Iterator[Path]:
    """Return the wheels that requirements.txt names; the folder may have older ones, too."""
    lines = (HERE / "requirements.txt").read_text("utf-8").splitlines()
    for name, _, rest in (line.partition("==") for line in lines if "==" in line):
        yield from folder.glob(f"{name.replace('-', '_')}-{rest.split()[0]}-*.whl")


def _node(script: str, folder: Path) -> None:
    subprocess.run(["node", str(HERE / script), str(folder)], check=True)


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _zip(folder: Path, file: Path, compression: int) -> None:
    """Pack a folder, always with the same bytes. Compiled libraries are empty files: they are loaded in another way."""
    with zipfile.ZipFile(file, "w", compression) as archive:
        for path in _files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            archive.writestr(entry, b"" if path.suffix == ".so" else path.read_bytes(), compression)


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
        path.name: {"size": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in _files(target)
    }
    (target / "memory.json").write_text(json.dumps(about, separators=(",", ":")), "utf-8")
    (target / "LICENSES.txt").write_text("\n\n".join(_licenses(folder / "packages")), "utf-8")


def _licenses(packages: Path) -> Iterator[str]:
    yield "Pyodide: Mozilla Public License 2.0, https://github.com/pyodide/pyodide. Python: PSF License Version 2."
    for file in _files(packages):
        if "dist-info" in file.parent.as_posix() and file.name.upper().startswith(("LICEN", "COPYING", "NOTICE")):
            yield f"{file.relative_to(packages)}\n\n{file.read_text('utf-8')}"


def main() -> None:
    """Pack, unless it was done already or there is no npm."""
    target = CACHE / version()
    if not PYODIDE.is_dir():
        print(
            "Python for the site's pages is not packed: the npm package pyodide is not there. Pages only show programs."
        )
        return
    if target.is_dir():
        print(f"{target.relative_to(ROOT)} is there already.")
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    print("Packing Python for the site's pages, once for each version of its parts: a minute or two.")
    pack(target)
    size = sum(path.stat().st_size for path in _files(target))
    print(f"{target.relative_to(ROOT)} has {size / 1e6:.0f} MB.")


if __name__ == "__main__":
    main()
