"""Programs that the pages show: complete, ready to paste, executed by the tests, and never typed twice.

There are two kinds. A snippet is a folder `docs/snippets/NAME/` with the same small program in several languages; a
page shows it in tabs with the line `<!-- snippet: NAME -->`. An example is a single file `docs/examples/PAGE/NAME.py`;
its page shows it with `<!-- example: PAGE/NAME.py -->`, or one form of a snippet with
`<!-- example: ../snippets/NAME/python.py -->`. Below the program stands the output that it gave when it was last run
against the sandbox: `output.txt` beside a snippet, `NAME.txt` beside an example. The line `<!-- models: NEED -->` lists
the models that the page's program works with: see `find_models`.

`python -m tools.run_programs` runs all of them and stores their outputs.
"""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from textwrap import indent

from sandbox.catalogue import Model, load_models
from sandbox.core.version import VERSION
from tools.lessons import ROOT
from tools.website.plain_text import fenced

SNIPPETS = ROOT / "docs" / "snippets"
EXAMPLES = ROOT / "docs" / "examples"

FENCE_NAMES = {".py": "python", ".sh": "bash", ".mjs": "js"}
"""The names of the languages in Markdown, by the ending of a program's file."""

_PREPARE = "To run it in a terminal, once in each: [set the key and the base URL](index.md#before-you-paste)."
_MODELS = (
    "**Models.** Any of these ids from the sandbox's list works here: {}. On the service, your key decides which "
    "of them you can use: [list your models](list_models.md)."
)
_PLACE = re.compile(r"^<!-- (snippet|example|models): (\S+) -->$", re.MULTILINE)


@dataclass(frozen=True)
class Language:
    """One form of a snippet.

    Attributes:
        label: the name of its tab.
        file: its file in the snippet's folder.
        note: what has to be said of its output.
    """

    label: str
    file: str
    note: str = ""


LANGUAGES = (
    Language("Python", "python.py"),
    Language("Python async", "python_async.py"),
    Language(
        "curl",
        "curl.sh",
        "curl prints the answer as the service sends it: JSON, or a line of JSON for each piece of a stream. The "
        "output below is what the other forms make of it.",
    ),
    Language("Node.js", "node.mjs"),
)
"""The forms of every snippet, in the order of the tabs."""


def output_label(version: str = VERSION) -> str:
    """Say where an output came from.

    Args:
        version: that of the sandbox that gave the output.
    """
    return f"Output (sandbox {version})"


def output_file(program: Path) -> Path:
    """Name the file that holds what a program prints: all forms of a snippet share one."""
    return program.with_name("output.txt") if program.is_relative_to(SNIPPETS) else program.with_suffix(".txt")


def find_models(need: str) -> list[str]:
    """List the models of the sandbox that work in a program.

    Args:
        need: what the program asks of a model: one of its capabilities (see `sandbox.catalogue.Model`), "max_tokens"
            for a small limit, or "reasoning_effort".

    Returns:
        The ids, in the order of the sandbox's list.

    Raises:
        ValueError: no model can do it.
    """
    found = [name for name, model in load_models().items() if model.path == "v2" and _can(model, need)]
    if not found:
        raise ValueError(f"No model of the sandbox has {need!r}. Correct the line <!-- models: {need} -->.")
    return found


def _can(model: Model, need: str) -> bool:
    if need == "reasoning_effort":
        return bool(model.reasoning and model.reasoning.efforts)
    if need == "max_tokens":  # newer models refuse it, and thinking would use it up
        thinks = bool(model.reasoning and model.reasoning.default)
        return "chat" in model.capabilities and model.token_limit_parameter == "max_tokens" and not thinks
    return need in model.capabilities


def insert_programs(markdown: str, plain: bool = False) -> str:
    """Put programs, their outputs, and lists of models in their places in a page.

    Args:
        markdown: the page.
        plain: write outputs as code blocks instead of HTML.

    Returns:
        The page, with a fenced block for each program.

    Raises:
        FileNotFoundError: a program or its output is not there.
        ValueError: no model can do what a list of models asks for.
    """

    def program(place: re.Match[str]) -> str:
        kind, name = place.groups()
        if kind == "models":
            return _MODELS.format(", ".join(f"`{model}`" for model in find_models(name)))
        if kind == "example":
            file = (EXAMPLES / name).resolve()
            return f"{_fence(file)}\n\n{_output(file, plain)}"
        forms = [_form(language, SNIPPETS / name / language.file) for language in LANGUAGES]
        return "\n\n".join([_PREPARE, *forms, _output(SNIPPETS / name / LANGUAGES[0].file, plain)])

    return _PLACE.sub(program, markdown)


def _form(language: Language, file: Path) -> str:
    content = f"{_fence(file)}\n\n{language.note}".rstrip()
    return f'=== "{language.label}"\n\n{indent(content, "    ")}'


def _fence(program: Path) -> str:
    return fenced(FENCE_NAMES[program.suffix], program.read_text("utf-8"))


def _output(program: Path, plain: bool) -> str:
    text = output_file(program).read_text("utf-8").rstrip()
    # A program without a base URL has asked nobody.
    label = output_label() if "BASE_URL" in program.read_text("utf-8") else "Output"
    if plain:
        return f"{label}:\n\n{fenced('text', text)}"
    return f'<div class="output"><p class="output-label">{label}</p><pre>{escape(text, quote=False)}</pre></div>'
