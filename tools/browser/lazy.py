"""Rewrites modules that only import names, so that each name is imported when it is used.

The package `openai.types` imports some 500 modules with the classes of all of OpenAI's endpoints. A lesson uses few of
them, and a stored memory with all would be heavy.
"""

import ast
from pathlib import Path

_TEMPLATE = '''"""Names of this package, imported when they are used."""
from importlib import import_module

_PLACES = {places!r}
_MODULES = {modules!r}
__all__ = {names!r}


def __getattr__(name):
    if name in _PLACES:
        module, original = _PLACES[name]
        value = getattr(import_module(module, __name__), original)
    elif name in _MODULES:
        value = import_module(f".{{name}}", __name__)
    else:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    globals()[name] = value
    return value


def __dir__():
    return sorted({{*globals(), *_PLACES, *_MODULES}})
'''


def make_lazy(package: Path) -> int:
    """Rewrite the `__init__.py` files of a package and of those in it that do nothing but import names.

    Args:
        package: the package's folder.

    Returns:
        How many files were rewritten.
    """
    rewritten = 0
    for file in sorted(package.rglob("__init__.py")):
        places = _imported_names(ast.parse(file.read_text("utf-8")))
        if places:
            siblings = {path.stem for path in file.parent.iterdir() if path != file}
            modules = sorted(siblings - places.keys())
            file.write_text(_TEMPLATE.format(places=places, modules=modules, names=sorted(places)), "utf-8")
            rewritten += 1
    return rewritten


def _imported_names(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Return the module and the name in it for each name; nothing if the module does more than to import names."""
    places = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            continue
        if not (isinstance(node, ast.ImportFrom) and node.level and node.module):
            return {}
        module = "." * node.level + node.module
        places |= {alias.asname or alias.name: (module, alias.name) for alias in node.names}
    return places
