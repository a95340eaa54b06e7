"""The step from a notebook to its page, tried on a small notebook with all kinds of cells and outputs."""

import base64
from io import BytesIO

import nbformat
import pytest
from bs4 import BeautifulSoup
from mkdocs_jupyter.convert import nb2html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from tools.website.notebook_page import alternative_texts, anchor, clean_page, table_of_contents

TEXT = """# Ask `it`

Read <b>this</b>, then [the next](02_next.ipynb#Set-up).

## Set up

| name | size |
|---|--:|
| a | 1 |

```bash
make lab  # a comment
```

## Set up

<details><summary>Hint</summary>

Use `max_tokens`.

</details>
"""
COLUMNS = "model    context\ngpt-x      1,000"
ANSWER = "One  line. " * 20


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (3, 2), "red").save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[BeautifulSoup, dict[str, bytes]]:
    encoded = base64.encodebytes(picture()).decode()
    table = "<style>td {color: red}</style><script>x</script><table border='1'><tr><th></th><td>cell</td></tr></table>"
    notebook = new_notebook(
        cells=[
            new_markdown_cell(TEXT),
            new_code_cell("for name in []:\n    print(name)", outputs=[new_output("stream", text=COLUMNS)]),
            new_code_cell("answer", outputs=[new_output("stream", text=ANSWER)]),
            new_code_cell("table", outputs=[new_output("display_data", {"text/html": table})]),
            new_code_cell("text", outputs=[new_output("display_data", {"text/markdown": "# Big\n\n**bold**"})]),
            new_code_cell(
                "picture",
                outputs=[
                    new_output("display_data", {"image/png": encoded}, metadata={"image/png": {"alt": "A red dot"}}),
                    new_output("stream", text="<drawn>"),
                ],
            ),
            new_code_cell("x = 1"),
            new_code_cell("done", metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}}),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
    )
    file = tmp_path_factory.mktemp("notebook") / "one.ipynb"
    nbformat.write(notebook, file)
    page, pictures = clean_page(nb2html(str(file)), alternative_texts(notebook), "Output (sandbox 7)")
    return page, pictures


def test_nothing_else_is_on_the_page(page) -> None:
    soup, _ = page
    assert not soup.select("style, script, clipboard-copy, [class*=jp-], [class*=ipynb]")
    assert "In [" not in soup.get_text()
    assert len(str(soup)) < 5000


def test_headings_have_ids_of_their_own(page) -> None:
    soup, _ = page
    assert [heading["id"] for heading in soup(["h1", "h2"])] == ["ask-it", "set-up", "set-up_1"]
    assert [link["href"] for link in soup.select(".headerlink")] == ["#ask-it", "#set-up", "#set-up_1"]
    [top] = table_of_contents(soup)
    assert (top["level"], top["id"], top["name"]) == (1, "ask-it", "Ask it")
    assert [(token["name"], token["id"]) for token in top["children"]] == [("Set up", "set-up"), ("Set up", "set-up_1")]


def test_an_anchor_of_jupyterlab_becomes_the_id_of_the_heading() -> None:
    assert anchor("When-it-goes-wrong") == "when-it-goes-wrong"
    assert anchor("What-you'll-do:-a,-b") == "what-youll-do-a-b"


def test_text_stays_as_it_is(page) -> None:
    soup, _ = page
    assert soup.p.decode_contents().startswith("Read <b>this</b>, then")
    assert soup.p.a["href"] == "02_next.ipynb#Set-up"
    hint = soup.find("details", class_=False)
    assert hint.summary.get_text() == "Hint"
    assert hint.code.get_text() == "max_tokens"


def test_code_has_the_markup_of_material(page) -> None:
    soup, _ = page
    blocks = soup.select("div.highlight > pre > code")
    assert len(blocks) == len(soup.select("div.highlight")) == 8
    assert [block.get_text() for block in blocks[:2]] == [
        "make lab  # a comment\n",
        "for name in []:\n    print(name)\n",
    ]
    assert blocks[1].select_one("span.k").get_text() == "for"


def test_an_output_is_labelled_and_in_one_block(page) -> None:
    soup, _ = page
    outputs = soup.select(".output")
    assert [output.p.get_text() for output in outputs] == ["Output (sandbox 7)"] * 5
    assert outputs[4].find("img", recursive=False)
    assert outputs[4].find("pre", recursive=False).get_text() == "<drawn>"


def test_an_outputs_own_heading_is_no_heading_of_the_page(page) -> None:
    soup, _ = page
    assert soup.select_one(".output > p.output-heading").get_text().startswith("Big")
    assert soup.select_one(".output strong").get_text() == "bold"


def test_a_picture_becomes_a_file_with_alternative_text(page) -> None:
    soup, pictures = page
    [(address, content)] = pictures.items()
    assert address.startswith("pictures/")
    assert address.endswith(".png")
    assert content == picture()
    assert soup.img.attrs == {"src": address, "alt": "A red dot"}


def test_a_picture_without_description_gets_no_made_up_one() -> None:
    data = base64.b64encode(picture()).decode()
    cell = (
        '<div class="jp-Cell jp-MarkdownCell" id="a"><div class="jp-MarkdownOutput">'
        f'<img src="data:image/png;base64,{data}" alt="No description has been provided for this image">'
        "</div></div>"
    )
    clean, _ = clean_page(cell, {}, "Output")
    assert clean.img["alt"] == ""


def test_a_solution_is_folded(page) -> None:
    soup, _ = page
    [solution] = soup.select("details.solution")
    assert solution.summary.get_text() == "Solution"
    assert solution.code.get_text() == "done\n"
    assert not solution.has_attr("open")


def test_alternative_texts_are_found_by_the_pictures_data() -> None:
    output = new_output("display_data", {"image/png": "AB\nCD\n"}, metadata={"image/png": {"alt": "A dot"}})
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output]), new_markdown_cell("y")])
    assert alternative_texts(notebook) == {"ABCD": "A dot"}
