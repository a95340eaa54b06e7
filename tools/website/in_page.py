"""Programs that run in the page that shows them: which ones do, what the others would need, and the files for it.

What a program needs is read from the program itself: from what it imports, and from what it asks of the sandbox.
"""

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bs4 import BeautifulSoup

from tools.archives import make_zip
from tools.browser import pack, wheels

# By what a program imports: modules, and helpers that import some.
_BY_IMPORT = {
    "concurrent": "threads",
    "subprocess": "processes",
    "draw_points": "NumPy",
    "numpy": "NumPy",
    "PIL": "Pillow",
    "show_image": "Pillow",
    "langchain_core": "LangChain",
    "langchain_openai": "LangChain",
    "langchain_text_splitters": "LangChain",
    "llama_index": "LlamaIndex",
    "parts": "files beside it",
    "pool": "files beside it",
}
# By what it asks for: the sandbox needs these to look at an image, to draw one, to listen, and to read a PDF.
_BY_REQUEST = (
    (re.compile(r"image_url|input_image"), "NumPy"),
    (re.compile(r"image_url|input_image|\.images\."), "Pillow"),
    (re.compile(r"\.audio\."), "PocketSphinx"),
    (re.compile(r"visual-rag"), "PDFium"),
)


def find_needs(programs: Iterable[str]) -> list[str]:
    """Say what programs need that Python in a page does not have by itself.

    Args:
        programs: their code.

    Returns:
        Names such as "NumPy" or "threads", in order. Those of `tools.browser.wheels.NAMES` a page can have.
    """
    needs = set()
    for program in programs:
        needs |= {_BY_IMPORT[name] for name in _imported_names(ast.parse(program)) if name in _BY_IMPORT}
        needs |= {need for pattern, need in _BY_REQUEST if pattern.search(program)}
    return sorted(needs)


def _imported_names(tree: ast.Module) -> Iterator[str]:
    """Yield the packages that a program imports, and the helpers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "helpers":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@dataclass(frozen=True)
class Runner:
    """What the pages of a site load to run their programs.

    Attributes:
        packed: the folder with Python (see tools/browser/pack.py).
        wheels: the files of NumPy and Pillow, by these names, if they were fetched.
    """

    packed: Path
    wheels: dict[str, Path]

    @cached_property
    def folder(self) -> str:
        """The site's folder with all of it. Its name changes with the content, so the rest may be kept forever."""
        digest = hashlib.sha256(self.memory.encode())
        for path in self._scripts():
            digest.update(f"{path.name}\0".encode() + path.read_bytes())
        return f"run/{digest.hexdigest()[:12]}"

    @cached_property
    def memory(self) -> str:
        """The SHA-256 of the file that has those of all others."""
        return _sha256((self.packed / "memory.json").read_bytes())

    def files(self) -> dict[str, Path]:
        """Return the files for the folder by their names."""
        paths = [*self.packed.iterdir(), *self._scripts(), *self.wheels.values()]
        return {path.name: path for path in sorted(paths)}

    @staticmethod
    def _scripts() -> list[Path]:
        return sorted([*pack.PAGE.glob("*.js"), *pack.PAGE.glob("*.css")])

    def lacks(self, needs: Iterable[str]) -> list[str]:
        """Return which needs of a program (see `find_needs`) a page cannot meet."""
        return [need for need in needs if need not in self.wheels]

    def wheel_files(self, needs: Iterable[str]) -> list[tuple[str, str]]:
        """Return the names and the SHA-256 of the wheels for needs that are all met."""
        return [(self.wheels[need].name, _sha256(self.wheels[need].read_bytes())) for need in needs]


def find_runner() -> Runner | None:
    """Return what pages load to run their programs, if it was packed; else they only show them."""
    packed = pack.CACHE / pack.version()
    return Runner(packed, wheels.find()) if packed.is_dir() else None


def pack_files(folder: Path, paths: Iterable[Path]) -> bytes:
    """Return a ZIP archive of a program's files.

    Args:
        folder: what the names in it are relative to.
        paths: the files.
    """
    return make_zip((path.relative_to(folder).as_posix(), path.read_bytes(), 0o644) for path in sorted(paths))


def mark_programs(page: BeautifulSoup, programs: Iterable[str], alone: bool) -> int:
    """Mark the blocks of a page that show certain programs, so that the page's script adds its buttons.

    Args:
        page: the parsed page; it is changed.
        programs: the code of the programs, or of the cells of a lesson.
        alone: each of them is a program of its own.

    Returns:
        How many blocks were marked.
    """
    wanted = {program.strip() for program in programs}
    codes = [code for code in page.select(".highlight code") if code.get_text().strip() in wanted]
    for number, code in enumerate(codes, 1):
        code.find_parent(class_="highlight").attrs |= {"data-cell": str(number)} | ({"data-alone": ""} if alone else {})
    return len(codes)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
