"""Turn the page that mkdocs-jupyter makes of a notebook into clean HTML: the one step between a notebook and its page.

mkdocs-jupyter gives a page half a megabyte of style sheets, scripts from other hosts, and JupyterLab's markup. What
stays of it here, cell by cell:

- the text of a Markdown cell, with ids and links on its headings;
- the code of a code cell, in the markup that Material gives to its own code blocks;
- the stored output, in a block with a label, its pictures as files;
- a cell with the tag `solution`, folded.

The functions know nothing of MkDocs, so that another site generator can use them. What code and tables of all pages
have in common is added by `tools.website.markup`.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup, PageElement, Tag
from markdown.extensions.toc import nest_toc_tokens, slugify, unique

from tools.website.markup import PERMALINK, element, heading_text

PICTURES = "pictures"
"""The folder of the pictures that are taken out of outputs, relative to the notebook."""

_HEADINGS = re.compile("^h[1-6]$")
_NO_DESCRIPTION = "No description has been provided for this image"
"""What nbconvert writes where an alternative text is missing."""


def alternative_texts(notebook: dict[str, Any]) -> dict[str, str]:
    """Find the alternative texts of a notebook's output pictures, which nbconvert leaves out.

    Args:
        notebook: the notebook. An output has its text in its metadata: `{"image/png": {"alt": "A chart"}}`.

    Returns:
        The texts by the picture's data, in base64 without white space.
    """
    texts = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            for media_type, about in output.get("metadata", {}).items():
                if media_type.startswith("image/") and "alt" in about:
                    data = "".join(output["data"][media_type])
                    texts["".join(data.split())] = about["alt"]
    return texts


def clean_page(html: str, alternatives: Mapping[str, str], output_label: str) -> tuple[BeautifulSoup, dict[str, bytes]]:
    """Rebuild a notebook's page without anything of JupyterLab.

    Args:
        html: the page as mkdocs-jupyter makes it.
        alternatives: alternative texts of output pictures, as `alternative_texts` returns them.
        output_label: stands above every output, and says where it came from.

    Returns:
        The page, and the content of its output pictures by their address, which is relative to the notebook. A picture
        whose alternative text is not known gets an empty one.
    """
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup(["style", "script"]):
        tag.decompose()
    page = BeautifulSoup("", "html.parser")
    ids: set[str] = set()
    for cell in soup.select(".jp-Cell[id]"):
        parts = _markdown_cell(cell, ids) if "jp-MarkdownCell" in cell["class"] else _code_cell(cell, output_label)
        if "celltag_solution" in cell["class"]:
            parts = [element("details", "solution", element("summary", None, "Solution"), *parts)]
        for part in parts:
            page.append(part)
    for block in page.select(".highlight > pre, pre:has(> code)"):
        _mark_code(block)
    pictures = _extract_pictures(page, alternatives)
    return page, pictures


def table_of_contents(page: BeautifulSoup) -> list[dict[str, Any]]:
    """List the headings of a clean page as nested tokens, as Python-Markdown's `toc` extension does."""
    tokens = [
        {
            "level": int(heading.name[1]),
            "id": heading["id"],
            "name": heading_text(heading),
        }
        for heading in page(_HEADINGS, id=True)
    ]
    return nest_toc_tokens(tokens)


def anchor(fragment: str) -> str:
    """Turn a fragment that works in JupyterLab (`When-it-goes-wrong`) into the id of the heading on the site."""
    return slugify(fragment, "-")


def _markdown_cell(cell: Tag, ids: set[str]) -> list[PageElement]:
    parts = _contents(cell.select_one(".jp-MarkdownOutput"))
    for part in parts:
        if isinstance(part, Tag) and _HEADINGS.match(part.name):
            for link in part(class_="anchor-link"):
                link.decompose()
            part["id"] = unique(slugify(part.get_text(), "-"), ids)
            part.append(element("a", "headerlink", PERMALINK, href=f"#{part['id']}", title="Permanent link"))
    return parts


def _code_cell(cell: Tag, output_label: str) -> list[PageElement]:
    parts: list[PageElement] = [element("div", "highlight", cell.select_one(".jp-InputArea pre").extract())]
    outputs = cell.select(".jp-OutputArea-output")
    if outputs:
        parts.append(element("div", "output", element("p", "output-label", output_label)))
    for output in outputs:
        for heading in output(_HEADINGS):  # an answer's own headings are no part of the lesson's outline
            heading.name, heading.attrs = "p", {"class": "output-heading"}
        for part in _contents(output):
            parts[-1].append(part)
    return parts


def _mark_code(block: Tag) -> None:
    """Give a block of code the markup of Material's own."""
    if block.find("code", recursive=False) is None:
        block.append(element("code", None, *_contents(block)))
    if "highlight" not in block.parent.get("class", []):
        block.wrap(element("div", "highlight"))


def _extract_pictures(page: BeautifulSoup, alternatives: Mapping[str, str]) -> dict[str, bytes]:
    """Replace the data URLs of pictures by addresses, and return the pictures' content by their address."""
    pictures = {}
    for image in page.select('img[src^="data:"]'):
        head, _, data = image["src"].partition(",")
        data = "".join(data.split())
        content = base64.b64decode(data)
        kind = head.removeprefix("data:image/").partition(";")[0].partition("+")[0]
        address = f"{PICTURES}/{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
        written = image.get("alt", "")
        image.attrs = {"src": address, "alt": alternatives.get(data, "" if written == _NO_DESCRIPTION else written)}
        pictures[address] = content
    return pictures


def _contents(element: Tag) -> list[PageElement]:
    """Take everything out of an element."""
    return [part.extract() for part in list(element.contents)]
