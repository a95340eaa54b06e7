"""What programs read of the built site: Markdown, llms.txt, the sitemap, previews, and the documents of the search."""

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from tools.lessons import load_lessons

SITE_URL = "http://127.0.0.1:8000/"
LANGUAGE_MODEL_LINK = re.compile(r"^- \[(.+)\]\((\S+)\): (.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def by_address(pages: dict[str, BeautifulSoup]) -> dict[str, BeautifulSoup]:
    """Return all pages by their absolute address."""
    return {SITE_URL + address.removeprefix("/"): page for address, page in pages.items()}


def path(site: Path, address: str) -> Path:
    assert address.startswith(SITE_URL), address
    return site / urlsplit(address).path.removeprefix("/")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_every_page_can_be_read_as_markdown(site: Path, by_address: dict[str, BeautifulSoup]) -> None:
    for address, page in by_address.items():
        [link] = [link for link in page.article("a") if link.get_text() == "This page as Markdown"]
        text = path(site, urljoin(address, link["href"])).read_text("utf-8")
        heading = page.article.h1
        for mark in heading(class_="headerlink"):
            mark.decompose()
        assert words(text.partition("\n")[0]) == words(heading.get_text()), address
        # All of the code, as it is; nothing of the site's own.
        for code in page.article.select(".highlight code"):
            assert code.get_text().rstrip() in text, address
        # A misspelled place for a program would be left over.
        assert "<!--" not in re.sub(r"`[^`\n]*`", "", text), address
        assert '\n=== "' not in text, address


def test_links_in_the_markdown_lead_somewhere(site: Path, by_address: dict[str, BeautifulSoup]) -> None:
    inside = re.compile(rf"\]\(({re.escape(SITE_URL)}[^)\s]*)\)")
    relative = re.compile(r"\]\((?!https?:|mailto:)[^)\s]+\)")
    found = set()
    for address in by_address:
        text = (path(site, address) / "index.md").read_text("utf-8")
        prose = re.sub(r"^( *)(`{3,}).*?^\1\2", "", text, flags=re.MULTILINE | re.DOTALL)
        assert relative.findall(re.sub(r"`[^`\n]+`", "", prose)) == [], address
        found |= set(inside.findall(prose))
    assert len(found) > 20
    for target in found:
        page, _, fragment = target.partition("#")
        assert page in by_address or path(site, page).is_file(), target
        assert not fragment or by_address[page].find(id=fragment), target


def test_the_list_for_language_models_names_every_page_once(site: Path, by_address: dict[str, BeautifulSoup]) -> None:
    text = (site / "llms.txt").read_text("utf-8")
    named = {address: (title, description) for title, address, description in LANGUAGE_MODEL_LINK.findall(text)}
    assert sorted(named) == sorted(f"{address}index.md" for address in by_address)
    titles = [title for title, _ in named.values()]
    assert all(lesson.title in titles for lesson in load_lessons())
    assert len({description for _, description in named.values()}) == len(named)


def test_the_full_text_has_every_page(site: Path, by_address: dict[str, BeautifulSoup]) -> None:
    full = (site / "llms-full.txt").read_text("utf-8")
    for address in by_address:
        assert (path(site, address) / "index.md").read_text("utf-8").strip() in full, address


def test_the_sitemap_names_every_page(site: Path, by_address: dict[str, BeautifulSoup]) -> None:
    tree = ElementTree.parse(site / "sitemap.xml")
    assert sorted(entry.text for entry in tree.iter() if entry.tag.endswith("}loc")) == sorted(by_address)


def test_every_page_has_a_preview_of_its_own(site: Path, by_address: dict[str, BeautifulSoup]) -> None:
    descriptions = Counter()
    for address, page in by_address.items():
        about = {tag["property"]: tag["content"] for tag in page.select("meta[property^='og:']")}
        assert about["og:url"] == address == page.select_one("link[rel=canonical]")["href"]
        assert about["og:title"]
        assert about["og:description"] == page.select_one("meta[name=description]")["content"]
        assert path(site, about["og:image"]).is_file()
        descriptions[about["og:description"]] += 1
    assert {text: count for text, count in descriptions.items() if count > 1 or not 20 < len(text) <= 170} == {}


def test_the_search_waits_for_its_documents(site: Path, by_address: dict[str, BeautifulSoup]) -> None:
    assert json.loads((site / "search/search_index.json").read_text("utf-8"))["docs"] == []
    documents = json.loads((site / "search/documents.json").read_text("utf-8"))["docs"]
    assert {document["location"].partition("#")[0] for document in documents} == {
        address.removeprefix(SITE_URL) for address in by_address
    }
    for address, page in by_address.items():
        settings = json.loads(page.find(id="__config").string)
        worker = urljoin(address, settings["search"])
        options = parse_qs(urlsplit(worker).query)
        assert path(site, worker).name == "search.js"
        for name in ("worker", "documents"):
            assert path(site, urljoin(worker, options[name][0])).is_file()


def test_a_page_that_is_not_there_leads_on(site: Path, by_address: dict[str, BeautifulSoup]) -> None:
    page = BeautifulSoup((site / "404.html").read_text("utf-8"), "html.parser")
    targets = [urljoin(SITE_URL, link["href"]) for link in page.article("a")]
    assert len(targets) >= 3
    assert set(targets) <= set(by_address)
