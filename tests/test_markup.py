"""What every page gets: code that can be copied, and wide things that scroll by themselves."""

from bs4 import BeautifulSoup

from tools.website.markup import finish_page, without_colorless

TOKENS = '<span class="n">x</span> <span class="mi">{}</span>\n'
CODE = f'<div class="highlight"><pre><span></span><code>{TOKENS}</code></pre></div>'


def finish(html: str) -> BeautifulSoup:
    page = BeautifulSoup(without_colorless(html), "html.parser")
    finish_page(page)
    return page


def test_a_block_of_code_gets_a_button_that_names_it() -> None:
    page = finish("<h2>Add<a>¶</a></h2>" + CODE.format(1) + CODE.format(2))
    buttons = page.select("div.highlight > .md-code__nav > button[type=button]")
    assert [button["aria-label"] for button in buttons] == ["Copy code: Add"] * 2
    targets = [page.select_one(button["data-clipboard-target"]) for button in buttons]
    assert [target.get_text() for target in targets] == ["x 1\n", "x 2\n"]
    assert [target.name for target in targets] == ["code", "code"]


def test_a_text_that_is_no_code_gets_no_button() -> None:
    assert not finish(CODE.format(1).replace("highlight", "language-text highlight"))("button")


def test_only_colored_tokens_stay_elements() -> None:
    assert [span["class"] for span in finish(CODE.format(1))("span")] == [["mi"]]


def test_only_wide_code_is_a_stop_for_the_keyboard() -> None:
    short, long = finish("<h1>Add</h1>" + CODE.format(1) + CODE.format("1" * 80))("pre")
    assert short.attrs == {}
    assert long.attrs == {"tabindex": "0", "role": "group", "aria-label": "Code: Add"}


def test_a_table_scrolls_by_itself() -> None:
    rows = "<tr><th></th><th>b</th></tr>"
    page = finish(f"<table border=1><thead>{rows}</thead><tbody><tr><th>c</th><td>d</td></tr></tbody></table>")
    [table] = page.select("div.table-region > table")
    assert table.attrs == {"class": ["table"]}
    assert [(cell.name, cell.get("scope")) for cell in table(["th", "td"])] == [
        ("td", None),
        ("th", "col"),
        ("th", "row"),
        ("td", None),
    ]


def test_only_a_table_that_cannot_be_narrow_is_a_stop_for_the_keyboard() -> None:
    cells = "<h3>Sizes</h3><table><tr><td>{}</td><td>one</td></tr></table>"
    narrow, wide = finish(cells.format("word " * 30) + cells.format("x" * 40)).select(".table-region")
    assert not narrow.has_attr("tabindex")
    assert (wide["tabindex"], wide["role"], wide["aria-label"]) == ("0", "group", "Table: Sizes")


def test_cards_are_a_list_for_screen_readers() -> None:
    assert finish('<div class="cards"><ul><li>x</li></ul></div><ul><li>y</li></ul>').ul["role"] == "list"


def test_text_stays_as_it_is() -> None:
    assert str(finish("<p>None, <code>x</code></p>")) == "<p>None, <code>x</code></p>"


def test_columns_scroll_and_running_text_is_wrapped() -> None:
    columns = "model    context\ngpt-x      1,000"
    page = finish(f'<div class="output"><pre>{columns}</pre><pre>{"One  line. " * 20}</pre></div>')
    table, text = page.select(".output > pre")
    assert table.attrs == {"class": ["columns"], "tabindex": "0", "role": "group", "aria-label": "Output: "}
    assert text.attrs == {}


def test_a_diagram_scrolls_by_itself() -> None:
    page = finish('<h2>Look</h2><div class="output"><img src="a.svg" alt="It"><img src="a.png" alt="It"></div>')
    [region] = page.select(".diagram")
    assert region.img["src"] == "a.svg"
    assert region.attrs == {"class": ["diagram"], "tabindex": "0", "role": "group", "aria-label": "Diagram: Look"}
