"""Programs in pages: found, shown with their outputs, and run as a reader would."""

from pathlib import Path

import pytest

from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox
from tools import run_programs
from tools.website import programs
from tools.website.programs import LANGUAGES, insert_programs, output_label


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a snippet `sum` and an example in folders of their own."""
    for module in (programs, run_programs):
        monkeypatch.setattr(module, "SNIPPETS", tmp_path / "snippets")
        monkeypatch.setattr(module, "EXAMPLES", tmp_path / "examples")
    monkeypatch.setattr(run_programs, "ROOT", tmp_path)
    (tmp_path / "snippets" / "sum").mkdir(parents=True)
    (tmp_path / "examples" / "page").mkdir(parents=True)
    for language in LANGUAGES:
        (tmp_path / "snippets" / "sum" / language.file).write_text(f"# {language.label}\n")
    (tmp_path / "snippets" / "sum" / "output.txt").write_text("3\n")
    (tmp_path / "examples" / "page" / "ask.py").write_text('import os\n\nprint("<", os.environ["BASE_URL"][:4])\n')
    (tmp_path / "examples" / "page" / "ask.txt").write_text("< http\n")
    return tmp_path


def test_a_snippet_is_shown_in_tabs_and_its_output_once() -> None:
    page = insert_programs("Before\n\n<!-- snippet: sum -->\n\nAfter")
    assert [line for line in page.splitlines() if line.startswith("===")] == [
        f'=== "{language.label}"' for language in LANGUAGES
    ]
    assert '=== "Node.js"\n\n    ```js\n    # Node.js\n    ```\n' in page
    assert '=== "curl"\n\n    ```bash\n    # curl\n    ```\n\n    curl prints the answer as' in page
    assert page.count("<pre>3</pre>") == 1
    assert page.startswith("Before\n\nTo run it in a terminal, once in each: [")
    assert page.endswith("</div>\n\nAfter")


def test_an_output_says_where_it_came_from() -> None:
    assert f'<p class="output-label">{output_label()}</p><pre>&lt; http</pre>' in insert_programs(
        "<!-- example: page/ask.py -->"
    )
    # This one asks nobody.
    assert '<p class="output-label">Output</p>' in insert_programs("<!-- snippet: sum -->")


def test_plain_markdown_has_outputs_as_blocks() -> None:
    page = insert_programs("<!-- snippet: sum -->", plain=True)
    assert page.endswith("Output:\n\n```text\n3\n```")


def test_one_form_of_a_snippet_can_be_shown_alone() -> None:
    assert insert_programs("<!-- example: ../snippets/sum/python.py -->").startswith("```python\n# Python\n```")


def test_a_program_that_is_not_there_stops_the_build() -> None:
    with pytest.raises(FileNotFoundError):
        insert_programs("<!-- example: gone.py -->")


def test_outputs_are_stored_unless_the_program_fails(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = folders / "examples" / "page" / "broken.py"
    broken.write_text("import warnings\n\nprint(1)\nwarnings.warn('old')\n")
    (folders / "examples" / "page" / "ask.txt").write_text("stale")
    assert run_programs.main([]) == 1
    assert (folders / "examples" / "page" / "ask.txt").read_text() == "< http\n"
    assert not (folders / "examples" / "page" / "broken.txt").exists()
    assert "examples/page/broken.py failed with status 1. Its output is left as it was." in capsys.readouterr().err


def test_a_program_sees_only_the_key_and_address_of_the_sandbox(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "someone's own")
    program = folders / "examples" / "page" / "see.sh"
    program.write_text('echo "$API_KEY $BASE_URL ${OPENAI_API_KEY-none}"\nexit 3\n')
    server = LocalServer(Sandbox())
    done = run_programs.run_program(program, server.base_url)
    server.stop()
    assert (done.stdout, done.returncode) == (f"sandbox {server.base_url} none\n", 3)


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_programs.main(["gone.py"])
    assert "gone.py" in capsys.readouterr().err
