"""The site: it is built once from the project's own configuration, and its pages are read as a browser reads them."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

from tools.lessons import NOTEBOOKS, load_lessons
from tools.website.build import MOST_HTML_BYTES, addresses, build, find_broken_links, html_sizes
from tools.website.programs import output_label

HOST = "https://site.test"
LESSONS = load_lessons()
EACH = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.file for lesson in LESSONS])


def address(lesson: Any) -> str:
    return f"/lessons/{lesson.file.removesuffix('.ipynb')}/"


def read_notebook(file: str) -> dict[str, Any]:
    return json.loads((NOTEBOOKS / file).read_text("utf-8"))


def stored_outputs(file: str) -> list[dict[str, Any]]:
    return [output for cell in read_notebook(file)["cells"] for output in cell.get("outputs", [])]


def squeeze(text: str) -> str:
    return " ".join(text.split())


def test_every_lesson_has_its_page_in_order(pages: dict[str, BeautifulSoup]) -> None:
    here = address(LESSONS[0])
    entries = pages[here].select(".md-nav--primary a.md-nav__link")
    named = [(urljoin(here, entry["href"]), squeeze(entry.get_text())) for entry in entries]
    found = [entry for entry in named if entry[0].startswith("/lessons/") and "#" not in entry[0]]
    assert found == [(address(lesson), lesson.title) for lesson in LESSONS]
    assert [url for url in pages if url.startswith("/lessons/")] == [address(lesson) for lesson in LESSONS]


def test_the_first_page_lists_every_lesson(pages: dict[str, BeautifulSoup]) -> None:
    items = pages["/"].select(".lessons li")
    assert [squeeze(item.get_text()) for item in items] == [
        f"{lesson.title} {lesson.minutes} min {lesson.summary}" for lesson in LESSONS
    ]
    assert [urljoin("/", item.a["href"]) for item in items] == [address(lesson) for lesson in LESSONS]


@EACH
def test_a_lesson_leads_to_its_neighbors(pages: dict[str, BeautifulSoup], lesson: Any) -> None:
    page = pages[address(lesson)]
    place = LESSONS.index(lesson)
    before = address(LESSONS[place - 1]) if place else "/"
    assert urljoin(address(lesson), page.select_one(".md-footer__link--prev")["href"]) == before
    if lesson != LESSONS[-1]:
        after = page.select_one(".md-footer__link--next")
        assert urljoin(address(lesson), after["href"]) == address(LESSONS[place + 1])


@EACH
def test_a_lesson_says_its_minutes_and_can_be_downloaded(
    site: Path, pages: dict[str, BeautifulSoup], lesson: Any
) -> None:
    facts = pages[address(lesson)].select_one("h1 + .lesson-facts")
    assert f"{lesson.minutes} minutes" in facts.get_text()
    copy = site / urljoin(address(lesson), facts.select_one("a[download]")["href"]).removeprefix("/")
    assert copy.read_bytes() == (NOTEBOOKS / lesson.file).read_bytes()


@EACH
def test_stored_outputs_are_on_the_page(pages: dict[str, BeautifulSoup], lesson: Any) -> None:
    blocks = pages[address(lesson)].select(".output")
    assert {block.p.get_text() for block in blocks} == {
        output_label(read_notebook(lesson.file)["metadata"]["sandbox"]["version"])
    }
    shown = squeeze(" ".join(block.get_text(" ") for block in blocks))
    alternatives = [image["alt"] for block in blocks for image in block("img")]
    for output in stored_outputs(lesson.file):
        data = output.get("data", {})
        picture = next((kind for kind in data if kind in ("image/png", "image/jpeg")), None)
        if output["output_type"] == "stream":
            assert squeeze("".join(output["text"])) in shown
        elif "text/html" in data:
            html = BeautifulSoup("".join(data["text/html"]), "html.parser")
            assert squeeze(html.get_text(" ")) in shown
        elif picture:
            assert output["metadata"][picture]["alt"] in alternatives
        elif list(data) == ["text/plain"]:
            assert squeeze("".join(data["text/plain"])) in shown


def test_no_link_within_the_site_is_broken(site: Path) -> None:
    assert find_broken_links(site) == []


def test_no_page_loads_anything_from_another_host(site: Path, pages: dict[str, BeautifulSoup]) -> None:
    loaded = "script, img, iframe, source, video, audio, embed, link:not([rel=canonical])"
    for base, page in pages.items():
        for tag in page.select(f":is({loaded}):is([src], [href])"):
            full = urljoin(HOST + base, tag.get("src") or tag.get("href"))
            assert full.startswith(HOST + "/"), f"{base}: {tag}"
        assert not page.select(".mermaid"), "Material loads Mermaid from another host"
    for sheet in site.rglob("*.css"):
        for url in re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')]+)", sheet.read_text("utf-8")):
            assert not urlsplit(url).netloc, f"{sheet.name}: {url}"


def test_links_to_notebooks_are_downloads(pages: dict[str, BeautifulSoup]) -> None:
    for page in pages.values():
        for link in page.select('a[href*=".ipynb"]'):
            assert link.has_attr("download"), link


def test_pictures_are_files_with_size_and_alternative_text(pages: dict[str, BeautifulSoup]) -> None:
    for base, page in pages.items():
        for image in page.article("img"):
            assert not image["src"].startswith("data:"), base
            assert image.get("alt"), f"{base}: {image}"
            assert image.get("width"), f"{base}: {image}"
            assert image.get("height"), f"{base}: {image}"


def test_headings_go_down_one_level_at_a_time(pages: dict[str, BeautifulSoup]) -> None:
    for base, page in pages.items():
        levels = [int(heading.name[1]) for heading in page.article(re.compile("^h[1-6]$"))]
        assert levels.count(1) == 1, base
        assert all(after <= before + 1 for before, after in pairwise(levels)), f"{base}: {levels}"


def test_every_table_can_scroll(pages: dict[str, BeautifulSoup]) -> None:
    for base, page in pages.items():
        for table in page("table"):
            assert table.parent["class"] == ["table-region"], base


def test_nothing_of_jupyterlab_is_left(pages: dict[str, BeautifulSoup]) -> None:
    for base, page in pages.items():
        assert not page.article.select('style, script, clipboard-copy, [class*="jp-"], [class*="ipynb"]'), base


def test_the_html_of_every_page_is_small(site: Path) -> None:
    sizes = {address: html_sizes(site, address)[1] for address in addresses(site)}
    assert {address: size for address, size in sizes.items() if size > MOST_HTML_BYTES} == {}


def test_scripts_wait_and_the_palettes_are_not_loaded(pages: dict[str, BeautifulSoup]) -> None:
    for base, page in pages.items():
        scripts = page.select("script[src]")
        assert all(script.has_attr("defer") or script.get("type") == "module" for script in scripts), base
        assert len(page.select("link[rel=stylesheet]")) == 2, base


def test_the_build_fails_on_what_leads_nowhere(small_project: Path) -> None:
    here, there = small_project / "notebooks" / LESSONS[0].file, small_project / "notebooks" / LESSONS[1].file
    text = f"# Here\n\n[a](99_missing.ipynb) [b](#No-such-place) [c]({there.name}#next)\n\n![](images/gone.png)"
    for path, source in ((here, text), (there, "# There\n\n## Next")):
        notebook = read_notebook(path.name)
        notebook["cells"] = [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": source}]
        path.write_text(json.dumps(notebook), "utf-8")

    run = build(small_project, small_project / "site")

    assert run.returncode != 0
    warnings = [line for line in run.stderr.splitlines() if re.match(rf"WARNING.*/{here.name}: ", line)]
    for part in ("99_missing.ipynb", "#no-such-place", "images/gone.png has no alternative", "images/gone.png leads"):
        assert any(part in warning for warning in warnings), part
    assert len(warnings) == 4, run.stderr
