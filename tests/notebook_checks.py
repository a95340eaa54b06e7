"""What the form of a lesson has to be: each check returns its problems as sentences, none if all is well.

The limits come from the style of the lessons: long enough to teach one thing, short enough for one sitting.
"""

import ast
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nbformat import NotebookNode, from_dict

from tools.lessons import ROOT, Lesson
from tools.run_notebooks import clean, describe_cell, read_notebook

# About 20 to 30 cells and 700 to 1,100 words, with some room.
CELLS = (18, 34)
PROSE_WORDS = (600, 1300)
# What fits on a screen together with its output.
CODE_LINES = 15
# How much there may be to read before the service answers for the first time.
WORDS_BEFORE_THE_FIRST_ANSWER = 250
# One exercise is too few to practice with.
SOLUTIONS = 2

OPENING = ("What you'll do", "What you'll learn", "What you'll need")
SECTIONS = ("When it goes wrong", "Exercises", "Recap", "In practice", "Next")

SETUP = """\
import os

from openai import OpenAI

from helpers import pick_model, use_service

use_service()
client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
MODEL = pick_model(client, "{capability}")"""

SERVICE_LINKS = ("https://docs.llmhub.t-systems.net", "https://llm-server.llmhub.t-systems.net/redoc")

# The second form is LangChain's.
_REQUEST = re.compile(r"\bclient\.[\w.]+\.(?:create|edit|generate|list|parse)\(|\bchat\.invoke\(")
_FENCED = re.compile(r"^ *(```+|~~~+).*?^ *\1 *$", re.DOTALL | re.MULTILINE)
_INLINE_CODE = re.compile(r"`[^`\n]+`")
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *#* *$", re.MULTILINE)
_MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]\(")
_HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_HTML_ALT = re.compile(r"""\balt=(?:"\s*[^"\s]|'\s*[^'\s])""", re.IGNORECASE)
_LINKS = (
    re.compile(r"\]\(\s*<?([^)\s>]+)"),
    re.compile(r"^ *\[[^\]]+\]: *<?([^\s>]+)", re.MULTILINE),
    re.compile(r"""\b(?:href|src)=["']([^"']*)["']""", re.IGNORECASE),
    re.compile(r"<(https?:[^>\s]*)>"),
)
_HOST = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")

# Long and random-looking without being secret: ids of answers, and pictures as base64.
_HARMLESS = re.compile(r"\b(?:chatcmpl|cmpl|call|resp|msg|embd|req)[-_][\w-]+|(?:;base64,|iVBORw0KGgo|/9j/)[\w+/=]*")
_SECRETS = (
    re.compile(r"\bsk-[\w-]{16,}"),
    re.compile(r"\bBearer +(?=\S*\d)[\w.~+/=-]{8,}"),
)
_LONG_RUN = re.compile(r"[A-Za-z0-9_-]{32,}")
# Words joined by hyphens change seldom between small letters, capitals, and digits. A random run of 32 characters does
# so 19 times on average, a hexadecimal one 14 times.
_CHANGES_OF_A_RANDOM_RUN = 8
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|Users|root|tmp|var/folders)/|\b[A-Za-z]:\\+Users\b")


@dataclass(frozen=True)
class Page:
    """A notebook together with what it is checked against.

    Attributes:
        notebook: its content.
        path: where its file is.
        lesson: its entry in lessons.toml.
        lessons: all entries, in order.
    """

    notebook: NotebookNode
    path: Path
    lesson: Lesson
    lessons: list[Lesson]


def check_executed(page: Page) -> list[str]:
    """Every code cell was executed, in order from 1 (nbval passes a cell that was not)."""
    return [
        f"{place} has the execution count {cell.execution_count}, not {number}. Run `make notebooks`."
        for number, (place, cell) in enumerate(_code_cells(page), start=1)
        if cell.execution_count != number
    ]


def check_no_errors(page: Page) -> list[str]:
    """No output is an error or comes from stderr, where warnings go."""
    problems = []
    for place, cell in _code_cells(page):
        for output in cell.outputs:
            if output.output_type == "error":
                problems.append(f"{place} stores the error {output.ename}. Catch it with try/except/else.")
            elif output.output_type == "stream" and output.name == "stderr":
                problems.append(f"{place} stores output on stderr: {output.text[:80]!r}. Mend what it warns of.")
    return problems


def check_secrets(page: Page) -> list[str]:
    """Nothing looks like a key, neither in a cell nor in an output."""
    return [
        f"{place} holds {found[:8]}..., which looks like a key. Remove it, and revoke it if it is one."
        for place, text in _texts(page)
        for found in _find_secrets(text)
    ]


def check_machine_paths(page: Page) -> list[str]:
    """No path of the author's machine is in a cell or an output."""
    problems = []
    for place, text in _texts(page):
        found = _MACHINE_PATH.search(text)
        if found or str(ROOT) in text:
            shown = found.group() if found else str(ROOT)
            problems.append(f"{place} holds a path of a machine ({shown}). Use a path relative to the notebook.")
    return problems


def check_headings(page: Page) -> list[str]:
    """There is one H1, first of all and equal to the title in lessons.toml; headings go down one level at a time."""
    headings = [(place, *heading) for place, cell in _markdown_cells(page) for heading in find_headings(cell.source)]
    titles = [text for _, level, text in headings if level == 1]
    problems = []
    if titles != [page.lesson.title]:
        problems.append(f"The H1 headings are {titles}. There has to be one: {page.lesson.title!r}.")
    if not page.notebook.cells or not page.notebook.cells[0].source.startswith("# "):
        problems.append("The first cell does not begin with the H1 heading.")
    above = 0
    for place, level, text in headings:
        if level > above + 1:
            problems.append(f"{place}: the heading {text!r} skips a level (H{above} to H{level}).")
        above = level
    return problems


def check_alternative_text(page: Page) -> list[str]:
    """Every picture says in words what it shows."""
    problems = []
    for place, cell in _markdown_cells(page):
        text = _without_code(cell.source)
        problems += [
            f"{place} has an image without alternative text."
            for image in _MARKDOWN_IMAGE.finditer(text)
            if not image.group(1).strip()
        ]
        problems += [f"{place}: {image} has no alt." for image in _images_without_alt(text)]
    for place, cell in _code_cells(page):
        for output in cell.outputs:
            for media_type, data in output.get("data", {}).items():
                if media_type.startswith("image/") and not output.metadata.get(media_type, {}).get("alt", "").strip():
                    problems.append(
                        f"{place} shows an {media_type} without alternative text. Use show_image(..., alt)."
                    )
                if media_type == "text/html":
                    problems += [f"{place} shows {image} without alt." for image in _images_without_alt(data)]
    return problems


def check_links(page: Page) -> list[str]:
    """Relative links lead to files and headings that exist, and links to other hosts are https and well-formed."""
    problems = []
    for place, cell in _markdown_cells(page):
        for target in find_links(cell.source):
            problem = _problem_of_link(page, target)
            if problem:
                problems.append(f"{place}: the link {target} {problem}")
    return problems


def check_setup(page: Page) -> list[str]:
    """The first code cell is the setup cell, the same everywhere, for a capability of the lesson, on the sandbox."""
    place, cell = next(_code_cells(page), ("The notebook", from_dict({"source": "", "outputs": []})))
    allowed = [SETUP.format(capability=capability) for capability in page.lesson.capabilities]
    if cell.source not in allowed:
        names = " or ".join(page.lesson.capabilities)
        return [f"{place}, the first one, is not the setup cell as in every lesson (with the capability {names})."]
    if "sandbox" not in "".join(output.get("text", "") for output in cell.outputs):
        return [f"{place}: the output of the setup cell does not name the sandbox. Run `make notebooks`."]
    return []


def check_opening(page: Page) -> list[str]:
    """Before the setup stand, in bold and in order, what the reader will do, learn, and need, and the minutes."""
    opening = []
    for cell in page.notebook.cells:
        if cell.cell_type != "markdown":
            break
        opening.append(cell.source)
    text = "\n\n".join(opening)
    found = re.findall(r"^\*\*(.+?)[:.]?\*\*", text, re.MULTILINE)
    problems = []
    if [name for name in found if name in OPENING] != list(OPENING):
        problems.append(f"The opening needs these paragraphs, in bold, once each and in order: {', '.join(OPENING)}.")
    minutes = re.findall(r"\b(\d+) minutes\b", text)
    if minutes != [str(page.lesson.minutes)]:
        problems.append(
            f"The opening has to say once '{page.lesson.minutes} minutes', as lessons.toml has it: {minutes}."
        )
    return problems


def check_sections(page: Page) -> list[str]:
    """The closing sections are there, in order, and the last one leads to the next lesson."""
    found = [text for _, cell in _markdown_cells(page) for level, text in find_headings(cell.source) if level == 2]
    problems = []
    if [name for name in found if name in SECTIONS] != list(SECTIONS) or found[-1:] != ["Next"]:
        problems.append(f"The lesson needs these H2 headings, once each, in order, Next last: {', '.join(SECTIONS)}.")
    following = [lesson.file for lesson in page.lessons if lesson.number > page.lesson.number]
    links = find_links(page.notebook.cells[-1].source) if page.notebook.cells else []
    if following and following[0] not in links:
        problems.append(f"The last cell has no link to the next lesson, {following[0]}.")
    problems += [
        f"The last cell has no link to the service's own {host}."
        for host in SERVICE_LINKS
        if not any(link.startswith(host) for link in links)
    ]
    return problems


def check_first_answer(page: Page) -> list[str]:
    """The service answers for the first time before there was much to read."""
    words = 0
    for cell in page.notebook.cells:
        if cell.cell_type == "markdown":
            words += count_words(cell.source)
        elif _REQUEST.search(cell.source):
            break
    if words <= WORDS_BEFORE_THE_FIRST_ANSWER:
        return []
    return [f"There are {words} words before the first request, more than {WORDS_BEFORE_THE_FIRST_ANSWER}."]


def check_diagram(page: Page) -> list[str]:
    """At least one diagram explains, drawn from live objects."""
    shown = (output.get("data", {}).get("text/html", "") for _, cell in _code_cells(page) for output in cell.outputs)
    if any("data:image/svg+xml" in html for html in shown):
        return []
    return ["No cell draws a diagram. Use one of the functions of helpers/diagrams.py."]


def check_size(page: Page) -> list[str]:
    """The lesson and its code cells are neither too long nor too short, and prose stands between code cells."""
    problems = []
    cells = page.notebook.cells
    if not CELLS[0] <= len(cells) <= CELLS[1]:
        problems.append(f"There are {len(cells)} cells, not {CELLS[0]} to {CELLS[1]}.")
    words = sum(count_words(cell.source) for _, cell in _markdown_cells(page))
    if not PROSE_WORDS[0] <= words <= PROSE_WORDS[1]:
        problems.append(f"There are {words} words of prose, not {PROSE_WORDS[0]} to {PROSE_WORDS[1]}.")
    for place, cell in _code_cells(page):
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > CODE_LINES and not _is_literal(cell.source):
            problems.append(f"{place} has {lines} lines that are not blank, more than {CODE_LINES}.")
    for index in range(1, len(cells)):
        if cells[index - 1].cell_type == cells[index].cell_type == "code":
            problems.append(f"{describe_cell(page.notebook, index)} follows a code cell with no prose between them.")
    return problems


def _is_literal(source: str) -> bool:
    """Tell whether a cell is nothing but one literal, which is to be copied as a whole."""
    try:
        [statement] = ast.parse(source).body
        ast.literal_eval(statement.value)
    except (ValueError, AttributeError, SyntaxError):
        return False
    return True


def check_solutions(page: Page) -> list[str]:
    """There are enough solutions, and each is tagged and folded."""
    problems = []
    solutions = 0
    for place, cell in _code_cells(page):
        tagged = "solution" in cell.metadata.get("tags", [])
        folded = bool(cell.metadata.get("jupyter", {}).get("source_hidden"))
        solutions += tagged
        if tagged != folded:
            problems.append(
                f"{place}: a solution has the tag `solution` and jupyter.source_hidden, other cells neither."
            )
    if solutions < SOLUTIONS:
        problems.append(f"There are {solutions} solutions, fewer than {SOLUTIONS}.")
    return problems


def check_no_exemptions(page: Page) -> list[str]:
    """No cell is taken out of the tests by a marker or a tag."""
    return [
        f"{place} is marked for other treatment in the tests ({found.group()}). Remove the mark and mend the cell."
        for place, cell in _code_cells(page)
        if (
            found := re.search(
                r"nbval[-_][\w-]+|raises-exception|skip-execution|pytest_validate_\w+",
                "\n".join([cell.source, *cell.metadata.get("tags", [])]),
                re.IGNORECASE,
            )
        )
    ]


def check_imports(page: Page) -> list[str]:
    """A lesson imports neither httpx, which the openai package no longer brings, nor the sandbox's inside."""
    return [
        f"{place} imports {found.group(1)}, which lessons must not."
        for place, cell in _code_cells(page)
        for found in re.finditer(r"^\s*(?:import|from)\s+(httpx|sandbox)\b", cell.source, re.MULTILINE)
    ]


def check_clean(page: Page) -> list[str]:
    """The notebook holds no more than `make notebooks` stores."""
    expected = from_dict(page.notebook)
    clean(expected)
    if expected == page.notebook and page.notebook.nbformat_minor >= 5:
        return []
    return [
        "The metadata or the outputs are not as `make notebooks` stores them. Run it, or take back what "
        "JupyterLab has saved: `git restore notebooks`."
    ]


CHECKS: tuple[Callable[[Page], list[str]], ...] = (
    check_executed,
    check_no_errors,
    check_secrets,
    check_machine_paths,
    check_headings,
    check_alternative_text,
    check_links,
    check_setup,
    check_opening,
    check_sections,
    check_first_answer,
    check_diagram,
    check_size,
    check_solutions,
    check_no_exemptions,
    check_imports,
    check_clean,
)


def check_manifest(folder: Path, lessons: list[Lesson]) -> list[str]:
    """The notebooks in a folder are those in lessons.toml, and no others."""
    there = {path.name for path in folder.glob("*.ipynb")}
    listed = {lesson.file for lesson in lessons}
    return [f"{name} is in lessons.toml, but there is no such notebook." for name in sorted(listed - there)] + [
        f"{name} is in the folder, but not in lessons.toml. Add it there." for name in sorted(there - listed)
    ]


def find_headings(source: str) -> list[tuple[int, str]]:
    """Return the level and the text of the headings in a piece of Markdown."""
    return [(len(marks), text) for marks, text in _HEADING.findall(_FENCED.sub("", source))]


def find_links(source: str) -> list[str]:
    """Return the targets of links and images in a piece of Markdown, as they are written."""
    text = _without_code(source)
    return [html.unescape(target) for pattern in _LINKS for target in pattern.findall(text)]


def count_words(source: str) -> int:
    """Count the words of a piece of Markdown, without code blocks, HTML tags, and link targets."""
    text = re.sub(r"<[^>]+>|\]\([^)]*\)", " ", _FENCED.sub("", source))
    return sum(any(map(str.isalnum, word)) for word in text.split())


def _without_code(source: str) -> str:
    return _INLINE_CODE.sub("", _FENCED.sub("", source))


def _code_cells(page: Page) -> Iterator[tuple[str, NotebookNode]]:
    for index, cell in enumerate(page.notebook.cells):
        if cell.cell_type == "code":
            yield describe_cell(page.notebook, index), cell


def _markdown_cells(page: Page) -> Iterator[tuple[str, NotebookNode]]:
    for cell in page.notebook.cells:
        if cell.cell_type == "markdown":
            yield f"text cell (id {cell.get('id')})", cell


def _texts(page: Page) -> Iterator[tuple[str, str]]:
    """Return everything that can be read in the notebook: sources, and outputs that are text."""
    for index, cell in enumerate(page.notebook.cells):
        place = f"cell {index + 1} (id {cell.get('id')})"
        yield place, cell.source
        for output in cell.get("outputs", []):
            yield place, output.get("text", "")
            yield place, "\n".join([output.get("evalue", ""), *output.get("traceback", [])])
            for media_type, data in output.get("data", {}).items():
                if not media_type.startswith("image/") or media_type == "image/svg+xml":
                    yield place, str(data)


def _find_secrets(text: str) -> list[str]:
    text = _HARMLESS.sub(" ", text)
    found = [match.group() for pattern in _SECRETS for match in pattern.finditer(text)]
    return found + [run for run in _LONG_RUN.findall(text) if _looks_random(run)]


def _looks_random(run: str) -> bool:
    kinds = ["0" if char.isdigit() else "A" if char.isupper() else "a" for char in run if char.isalnum()]
    changes = sum(before != after for before, after in pairwise(kinds))
    return "0" in kinds and len(set(kinds)) > 1 and changes >= _CHANGES_OF_A_RANDOM_RUN


def _images_without_alt(text: str) -> list[str]:
    return [image for image in _HTML_IMAGE.findall(text) if not _HTML_ALT.search(image)]


def _problem_of_link(page: Page, target: str) -> str:
    """Return what is wrong with a link as the rest of a sentence, or nothing."""
    try:
        address = urlsplit(target)
    except ValueError:
        return "is not well-formed."
    if address.scheme or address.netloc:
        if address.scheme != "https":
            return "is not https."
        return "" if _HOST.fullmatch(address.hostname or "") else "names no host that others can reach."
    path = (page.path.parent / unquote(address.path)).resolve() if address.path else page.path
    if not path.is_relative_to(page.path.parent.parent):
        return "leads out of the project."
    if address.path and not path.exists():
        return "leads to no file."
    if path.suffix == ".ipynb" and path.name not in [lesson.file for lesson in page.lessons]:
        return "leads to a notebook that is not in lessons.toml."
    if address.fragment and unquote(address.fragment) not in _anchors(page, path):
        return "leads to a heading that is not there."
    return ""


def _anchors(page: Page, path: Path) -> list[str]:
    """Return the anchors of a file: in notebooks as JupyterLab makes them, in Markdown as GitHub does."""
    if path.suffix == ".ipynb":
        notebook = page.notebook if path == page.path else read_notebook(path)
        texts = [
            text for cell in notebook.cells if cell.cell_type == "markdown" for _, text in find_headings(cell.source)
        ]
        return [text.replace("`", "").replace(" ", "-") for text in texts]
    if path.suffix == ".md":
        texts = [text for _, text in find_headings(path.read_text("utf-8"))]
        return [re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in texts]
    return []
