"""The pages as plain Markdown, for readers and programs that want text: `index.md` beside each page, and llms.txt.

The form of llms.txt is that of https://llmstxt.org.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from textwrap import dedent
from typing import Any

_TAB = re.compile(r'^=== "(.+)"\n\n((?: {4}.*\n|\n)+)', re.MULTILINE)
_LINK = re.compile(r"(?<=\]\()[^)\s]+(?=\))")
_CODE = re.compile(r"^( *)(`{3,}).*?^\1\2|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_ATTRIBUTES = re.compile(r"(?<=[)\]])\{[^}\n]*\}| *\{ *#[^}\n]*\}$", re.MULTILINE)
_DIVISION = re.compile(r"^</?(?:div|span)[^>]*>\n*", re.MULTILINE)


@dataclass(frozen=True)
class PlainPage:
    """A page as plain Markdown.

    Attributes:
        section: where it stands in the navigation.
        title: its title.
        description: one sentence, or two.
        address: the absolute address of the Markdown file.
        text: the Markdown.
    """

    section: str
    title: str
    description: str
    address: str
    text: str


def plain_markdown(markdown: str, resolve: Callable[[str], str]) -> str:
    """Take out of a page what only this site understands, and make its links absolute.

    Args:
        markdown: the page.
        resolve: turns the target of a link into an absolute address.
    """
    markdown = _TAB.sub(lambda tab: f"{tab[1]}:\n\n{dedent(tab[2]).strip()}\n\n", markdown + "\n")
    parts = []
    end = 0
    for code in _CODE.finditer(markdown):
        parts += [_plain_prose(markdown[end : code.start()], resolve), code[0]]
        end = code.end()
    return "".join([*parts, _plain_prose(markdown[end:], resolve)]).strip() + "\n"


def notebook_markdown(notebook: dict[str, Any], output_label: str) -> str:
    """Write a notebook as Markdown: text, code, and outputs, in which a picture is named by its alternative text.

    Args:
        notebook: the notebook, with its stored outputs.
        output_label: stands above every output.
    """
    blocks = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            blocks.append(source)
            continue
        blocks.append(fenced("python", source))
        outputs = [text for output in cell["outputs"] if (text := _output_text(output))]
        if outputs:
            blocks += [f"{output_label}:", fenced("text", "\n".join(outputs))]
    return "\n\n".join(blocks) + "\n"


def llms_txt(title: str, summary: str, pages: Iterable[PlainPage]) -> str:
    """Write the list of pages, by section."""
    blocks = [f"# {title}", f"> {summary}"]
    for section, group in groupby(pages, lambda page: page.section):
        items = [f"- [{page.title}]({page.address}): {page.description}" for page in group]
        blocks.append("\n".join([f"## {section}", "", *items]))
    return "\n\n".join(blocks) + "\n"


def llms_full_txt(title: str, summary: str, pages: Iterable[PlainPage]) -> str:
    """Write all pages, one after the other, each with its address."""
    blocks = [f"# {title}", f"> {summary}"]
    blocks += [f"---\n\nSource: {page.address}\n\n{page.text.strip()}" for page in pages]
    return "\n\n".join(blocks) + "\n"


def _plain_prose(markdown: str, resolve: Callable[[str], str]) -> str:
    bare = _ATTRIBUTES.sub("", _DIVISION.sub("", markdown))
    return _LINK.sub(lambda target: resolve(target[0]), bare)


def fenced(language: str, text: str) -> str:
    """Write a block of code, with a fence that is longer than any in it."""
    longest = max(map(len, re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _output_text(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return "".join(output["text"]).rstrip()
    pictures = [about["alt"] for kind, about in output["metadata"].items() if kind.startswith("image/")]
    if pictures:
        return f"[Picture: {pictures[0]}]"
    data = output["data"]
    return "".join(data.get("text/markdown") or data.get("text/plain") or "").rstrip()
