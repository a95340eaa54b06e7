"""What every page gets: code that can be copied, and wide things that scroll by themselves."""

from bs4 import BeautifulSoup

from tools.website.markup import finish_page

TOKENS = '<span class="n">x</span> <span class="mi">{}</span>\n'
CODE = f'<div class="highlight"><pre><span></span><code>{TOKENS}</code></pre></div>'


def finish(html: str) -> BeautifulSoup:
    return BeautifulSoup(finish_page(html), "html.parser")


def test_a_block_of_code_gets_a_button_that_names_it() -> None:
    page = finish(CODE.format(1) + CODE.format(2))
    buttons = page.select("div.highlight > .md-code__nav > button[type=button][aria-label=Copy]")
    targets = [page.select_one(button["data-clipboard-target"]) for button in buttons]
    assert [target.get_text() for target in targets] == ["x 1\n", "x 2\n"]
    assert [target.name for target in targets] == ["code", "code"]


def test_a_text_that_is_no_code_gets_no_button() -> None:
    assert not finish(CODE.format(1).replace("highlight", "language-text highlight"))("button")


def test_only_colored_tokens_stay_elements() -> None:
    assert [span["class"] for span in finish(CODE.format(1))("span")] == [["mi"]]


def test_only_wide_code_is_a_stop_for_the_keyboard() -> None:
    short, long = finish(CODE.format(1) + CODE.format("1" * 80))("pre")
    assert short.attrs == {}
    assert long.attrs == {"tabindex": "0", "role": "group", "aria-label": "Code"}


def test_a_table_scrolls_by_itself() -> None:
    rows = "<tr><th></th><th>b</th></tr>"
    page = finish(f"<table border=1><thead>{rows}</thead><tbody><tr><th>c</th><td>d</td></tr></tbody></table>")
    [table] = page.select("div.table-region[tabindex='0'][role][aria-label] > table")
    assert table.attrs == {"class": ["table"]}
    assert [(cell.name, cell.get("scope")) for cell in table(["th", "td"])] == [
        ("td", None),
        ("th", "col"),
        ("th", "row"),
        ("td", None),
    ]


def test_text_stays_as_it_is() -> None:
    assert finish_page("<p>None, <code>x</code></p>") == "<p>None, <code>x</code></p>"


def test_columns_scroll_and_running_text_is_wrapped() -> None:
    columns = "model    context\ngpt-x      1,000"
    page = finish(f'<div class="output"><pre>{columns}</pre><pre>{"One  line. " * 20}</pre></div>')
    table, text = page.select(".output > pre")
    assert table.attrs == {"class": ["columns"], "tabindex": "0", "role": "group", "aria-label": "Output"}
    assert text.attrs == {}
