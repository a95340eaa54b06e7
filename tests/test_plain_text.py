"""The pages as plain Markdown."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.website.plain_text import PlainPage, llms_full_txt, llms_txt, notebook_markdown, plain_markdown

PAGE = """<div class="cards" markdown>

Read [one](one.md#top){ .md-button } and [two](https://two.test).

</div>

```html
<div>[kept](kept.md){ .kept }</div>
```

## Where {#where}

Use <your key> and a < b, `{"error": {}}`, `data: {...}`, and [`code`](code.md){ download }.

````markdown
```text
[kept](kept.md)
```
````
"""


def test_only_what_this_site_understands_is_taken_out() -> None:
    text = plain_markdown(PAGE, lambda target: f"https://site.test/{target}" if "//" not in target else target)
    assert text == (
        "Read [one](https://site.test/one.md#top) and [two](https://two.test).\n\n"
        "```html\n<div>[kept](kept.md){ .kept }</div>\n```\n\n"
        "## Where\n\n"
        'Use <your key> and a < b, `{"error": {}}`, `data: {...}`, and [`code`](https://site.test/code.md).\n\n'
        "````markdown\n```text\n[kept](kept.md)\n```\n````\n"
    )


def test_tabs_become_one_block_after_the_other() -> None:
    tabs = '=== "One"\n\n    Say\n\n    ```bash\n    echo 1\n    ```\n\n=== "Two"\n\n    Nothing.'
    assert plain_markdown(tabs, str) == "One:\n\nSay\n\n```bash\necho 1\n```\n\nTwo:\n\nNothing.\n"


def test_a_notebook_becomes_text_code_and_outputs() -> None:
    outputs = [
        new_output("stream", text="3\n"),
        new_output("display_data", {"image/png": "AA=="}, metadata={"image/png": {"alt": "A red dot"}}),
        new_output("execute_result", {"text/plain": "'```'"}),
    ]
    cells = [new_markdown_cell("# Add"), new_code_cell("print(1 + 2)", outputs=outputs), new_code_cell("x = 1")]
    assert notebook_markdown(new_notebook(cells=cells), "Output (sandbox 7)") == (
        "# Add\n\n```python\nprint(1 + 2)\n```\n\nOutput (sandbox 7):\n\n"
        "````text\n3\n[Picture: A red dot]\n'```'\n````\n\n```python\nx = 1\n```\n"
    )


def test_the_list_for_language_models_has_every_page_in_its_section() -> None:
    pages = [
        PlainPage("Start", "Home", "The first.", "https://site.test/index.md", "# Home\n"),
        PlainPage("Guides", "One", "The second.", "https://site.test/one/index.md", "# One\n\nText.\n"),
        PlainPage("Guides", "Two", "The third.", "https://site.test/two/index.md", "# Two\n"),
    ]
    assert llms_txt("Site", "A site.", pages) == (
        "# Site\n\n> A site.\n\n"
        "## Start\n\n- [Home](https://site.test/index.md): The first.\n\n"
        "## Guides\n\n- [One](https://site.test/one/index.md): The second.\n"
        "- [Two](https://site.test/two/index.md): The third.\n"
    )
    full = llms_full_txt("Site", "A site.", pages)
    assert "Source: https://site.test/one/index.md\n\n# One\n\nText.\n\n---" in full
