"""The last touch on the HTML of every page: code that can be copied, and wide things that scroll by themselves."""

import re

from bs4 import BeautifulSoup, PageElement, Tag

_NARROWEST_PAGE = 38
"""Characters of code that fit into a page of 390 px. Wider code scrolls there, and needs to be reached by keyboard."""
_COLUMNS = re.compile(r"\S {2,}\S")
_WIDEST_COLUMNS = 100
"""An output with aligned columns of up to this width keeps them and scrolls sideways; any other is wrapped."""
_COLORLESS = "span.n, span.p, span.w, span:empty"
"""Tokens of highlighted code that have no color of their own."""
_FACTORY = BeautifulSoup("", "html.parser")


def finish_page(html: str) -> str:
    """Finish the code blocks, the outputs, and the tables of a page."""
    page = BeautifulSoup(html, "html.parser")
    for number, code in enumerate(page.select(".highlight code"), start=1):
        _finish_code(code, number)
    for output in page.select(".output > pre"):
        _finish_output(output)
    for table in page("table"):
        _finish_table(table)
    return str(page)


def scroll_region(tag: Tag, name: str) -> None:
    """Let a region that scrolls sideways be reached by keyboard, and give it a name for screen readers."""
    tag.attrs |= {"tabindex": "0", "role": "group", "aria-label": name}


def element(name: str, class_name: str | None, *children: PageElement | str, **attributes: str) -> Tag:
    """Make an element with a class, children, and attributes."""
    tag = _FACTORY.new_tag(name, attrs={"class": class_name, **attributes} if class_name else attributes)
    for child in children:
        tag.append(child)
    return tag


def _finish_code(code: Tag, number: int) -> None:
    """Give a block of code its button. Material's script does the copying, by the attribute.

    Material could make the buttons as well (`content.code.copy`), but only with a landmark without a name for each.
    """
    for span in code.parent.select(_COLORLESS):
        span.unwrap()
    code["id"] = f"code-{number}"
    if max(map(len, code.get_text().splitlines()), default=0) > _NARROWEST_PAGE:
        scroll_region(code.parent, "Code")
    block = code.find_parent(class_="highlight")
    if "language-text" in block["class"]:  # an error message or an output
        return
    button = element("button", "md-code__button", title="Copy", type="button")
    button.attrs |= {"aria-label": "Copy", "data-clipboard-target": f"#{code['id']}", "data-md-type": "copy"}
    block.append(element("div", "md-code__nav", button))


def _finish_output(output: Tag) -> None:
    lines = output.get_text().splitlines()
    output.attrs = {}
    if any(map(_COLUMNS.search, lines)) and max(map(len, lines)) <= _WIDEST_COLUMNS:
        output["class"] = "columns"
        scroll_region(output, "Output")


def _finish_table(table: Tag) -> None:
    """Put a table into a region that scrolls. The class keeps Material's script from wrapping it once more."""
    table.attrs = {"class": "table"}
    for header in table("th"):
        if header.get_text(strip=True):
            header["scope"] = "col" if header.find_parent("thead") else "row"
        else:
            header.name = "td"
    region = element("div", "table-region")
    scroll_region(region, "Table")
    table.wrap(region)
