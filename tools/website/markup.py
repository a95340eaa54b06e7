"""The last touch on the HTML of every page: code that can be copied, and wide things that scroll by themselves.

Buttons and regions that scroll are named after the heading above them, so that a list of them can be understood.
"""

import re

from bs4 import BeautifulSoup, PageElement, Tag

PERMALINK = "¶"
"""The text of the link beside a heading."""

_NARROWEST_PAGE = 38
"""Characters of code that fit into a page of 390 px. Wider code scrolls there, and needs to be reached by keyboard."""
_CELL_PADDING = 3
"""Characters that would fit into the space beside the text of a cell."""
_COLUMNS = re.compile(r"\S {2,}\S")
_WIDEST_COLUMNS = 100
"""An output with aligned columns of up to this width keeps them and scrolls sideways; any other is wrapped."""
_COLORLESS = re.compile(r'<span class="[npw]">([^<]*)</span>|<span(?: class="\w+")?>(\s*)</span>')
"""Tokens of highlighted code that have no color of their own."""
_FINISHED = (
    "h1, h2, h3, h4, .highlight code, .output > pre, .output img[src$='.svg'], table, .cards > ul, .lessons > ol"
)
_FACTORY = BeautifulSoup("", "html.parser")


def without_colorless(html: str) -> str:
    """Take the tags around colorless tokens of code out of a page: two in five of its tags, which are slow to parse."""
    return _COLORLESS.sub(r"\1\2", html)


def finish_page(page: BeautifulSoup) -> None:
    """Finish the code blocks, the outputs, the diagrams, the tables, and the cards of a page.

    Args:
        page: the parsed page; it is changed.
    """
    place = ""
    number = 0
    for tag in page.select(_FINISHED):
        if tag.name == "code":
            number += 1
            _finish_code(tag, number, place)
        elif tag.name == "pre":
            _finish_output(tag, place)
        elif tag.name == "img":
            # Shrunk to a phone, its text could not be read.
            region = tag.wrap(element("div", "diagram"))
            scroll_region(region, f"Diagram: {place}")
        elif tag.name == "table":
            _finish_table(tag, place)
        elif tag.name in ("ul", "ol"):
            tag["role"] = "list"  # Safari forgets it where the style has no bullets
        else:
            place = heading_text(tag)


def heading_text(heading: Tag) -> str:
    """Return the text of a heading, without the link beside it."""
    return "".join(text for text in heading.strings if text != PERMALINK)


def scroll_region(tag: Tag, name: str) -> None:
    """Let a region that scrolls sideways be reached by keyboard, and give it a name for screen readers."""
    tag.attrs |= {"tabindex": "0", "role": "group", "aria-label": name}


def element(name: str, class_name: str | None, *children: PageElement | str, **attributes: str) -> Tag:
    """Make an element with a class, children, and attributes."""
    tag = _FACTORY.new_tag(name, attrs={"class": class_name, **attributes} if class_name else attributes)
    for child in children:
        tag.append(child)
    return tag


def _finish_code(code: Tag, number: int, place: str) -> None:
    """Give a block of code its button. Material's script does the copying, by the attribute.

    Material could make the buttons as well (`content.code.copy`), but only with a landmark without a name for each.
    """
    code["id"] = f"code-{number}"
    if max(map(len, code.get_text().splitlines()), default=0) > _NARROWEST_PAGE:
        scroll_region(code.parent, f"Code: {place}")
    block = code.find_parent(class_="highlight")
    if "language-text" in block["class"]:  # an error message or an output
        return
    button = element("button", "md-code__button", title="Copy", type="button")
    button.attrs |= {
        "aria-label": f"Copy code: {place}",
        "data-clipboard-target": f"#{code['id']}",
        "data-md-type": "copy",
    }
    block.append(element("div", "md-code__nav", button))


def _finish_output(output: Tag, place: str) -> None:
    lines = output.get_text().splitlines()
    output.attrs = {}
    if any(map(_COLUMNS.search, lines)) and max(map(len, lines)) <= _WIDEST_COLUMNS:
        output["class"] = ["columns"]
        scroll_region(output, f"Output: {place}")


def _finish_table(table: Tag, place: str) -> None:
    """Put a table into a region that scrolls. The class keeps Material's script from wrapping it once more."""
    table.attrs = {"class": ["table"]}
    for header in table("th"):
        if header.get_text(strip=True):
            header["scope"] = "col" if header.find_parent("thead") else "row"
        else:
            header.name = "td"
    region = element("div", "table-region")
    if _narrowest_width(table) > _NARROWEST_PAGE:
        scroll_region(region, f"Table: {place}")
    table.wrap(region)


def _narrowest_width(table: Tag) -> int:
    """Return about how many characters wide a table has to be: its columns can be as narrow as their longest words."""
    widths: dict[int, int] = {}
    for row in table("tr"):
        for column, cell in enumerate(row(["th", "td"])):
            longest = max(map(len, cell.get_text().split()), default=0)
            widths[column] = max(widths.get(column, 0), longest + _CELL_PADDING)
    return sum(widths.values())
