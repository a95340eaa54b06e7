"""The built site in a real browser: what a reader does with it, and what no reader may meet.

Every page is looked at on a phone, most of them in the place of one that loads the same; whether it is accessible is
looked at on one page of each kind, in three modes. `make site-report` opens every page for real, in every mode.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_browser import needs_axe, needs_browser
from playwright.sync_api import Browser, Page, expect

from tools.lessons import NOTEBOOKS, load_lessons, read_code
from tools.website.browser import (
    DARK,
    LIGHT,
    MOST_BYTES,
    MOST_LAYOUT_SHIFT,
    PHONE_DARK,
    ServedSite,
    Tab,
    Visit,
    open_tab,
    serve,
)
from tools.website.build import addresses, folder_of, html_sizes
from tools.website.programs import LANGUAGES, SNIPPETS

pytestmark = [needs_browser, needs_axe]

LESSONS = [lesson.file for lesson in load_lessons()]
SNIPPET_NAMES = sorted(folder.name for folder in SNIPPETS.iterdir() if folder.is_dir())
CODE = ".highlight pre > code"
MOST_KEYS = 150


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[ServedSite]:
    with serve(site) as served:
        yield served


@pytest.fixture
def tab(browser: Browser, served: ServedSite) -> Iterator[Tab]:
    with open_tab(browser, served, LIGHT) as tab:
        yield tab


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture(scope="module")
def kinds(site: Path) -> list[str]:
    """Return the address of the first page, and of the longest one of each folder, the top one included."""
    longest: dict[str, str] = {}
    for address in sorted(addresses(site), key=lambda address: html_sizes(site, address)):
        longest[folder_of(address)] = address
    return ["/", *longest.values()]


@pytest.fixture(scope="module")
def on_a_desktop(browser: Browser, served: ServedSite, kinds: list[str]) -> dict[str, Visit]:
    """Visit one page of each kind, to its end, with an empty cache each."""
    visits = {}
    for address in kinds:
        with open_tab(browser, served, LIGHT) as tab:
            visits[address] = tab.visit(address)
    return visits


@pytest.fixture(scope="module")
def on_a_desktop_in_the_dark(browser: Browser, served: ServedSite, kinds: list[str]) -> dict[str, Visit]:
    with open_tab(browser, served, DARK) as tab:
        return {address: tab.visit(address, thorough=False) for address in kinds}


# All that a page loads, or runs by itself.
LOADED = r'<script.*?</script>|<style.*?</style>|<link(?! rel="(?:alternate|canonical|next|prev)").*?>'


def alike(site: Path) -> list[list[str]]:
    """Return the addresses of all pages, those together that have the same scripts and style sheets."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for address in addresses(site):
        html = (site / address[1:] / "index.html").read_text("utf-8")
        groups.setdefault(tuple(re.findall(LOADED, html, re.DOTALL)), []).append(address)
    return list(groups.values())


@pytest.fixture(scope="module")
def on_a_phone(browser: Browser, served: ServedSite, site: Path, kinds: list[str]) -> dict[str, Visit]:
    """Look at every page, in the narrowest window and the scheme that fewer people look at.

    One page of each kind is visited, and one of those that load the same. The others take its place.
    """
    visits = {}
    with open_tab(browser, served, PHONE_DARK) as tab:
        for group in alike(site):
            first, *others = sorted(group, key=lambda address: address not in kinds)
            visits[first] = tab.visit(first, thorough=False, accessibility=first in kinds)
            for address in others:
                visits[address] = tab.visit(address, thorough=False) if address in kinds else tab.take_over(address)
    return visits


def lesson_address(file: str) -> str:
    return f"/lessons/{file.removesuffix('.ipynb')}/"


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()").removesuffix("\n")


def assert_none(found: dict[str, object]) -> None:
    """Fail, and name all pages on which something was found."""
    lines = [f"{address}: {what}" for address, what in found.items() if what]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


# What no reader may meet


def test_every_page_fits_a_phone(on_a_phone: dict[str, Visit]) -> None:
    assert_none({address: visit.overflow for address, visit in on_a_phone.items()})


def test_each_kind_of_page_is_accessible_on_a_phone_in_the_dark(on_a_phone: dict[str, Visit], kinds: list[str]) -> None:
    assert_none({address: on_a_phone[address].violations for address in kinds})


def test_each_kind_of_page_is_accessible_on_a_desktop(on_a_desktop: dict[str, Visit]) -> None:
    assert_none({address: visit.violations for address, visit in on_a_desktop.items()})


def test_each_kind_of_page_is_accessible_in_the_dark(on_a_desktop_in_the_dark: dict[str, Visit]) -> None:
    assert_none({address: visit.violations for address, visit in on_a_desktop_in_the_dark.items()})


def test_no_page_asks_another_host(on_a_phone: dict[str, Visit], on_a_desktop: dict[str, Visit]) -> None:
    assert_none(
        {address: visit.other_hosts for visits in (on_a_phone, on_a_desktop) for address, visit in visits.items()}
    )


def test_no_page_logs_an_error(on_a_phone: dict[str, Visit], on_a_desktop: dict[str, Visit]) -> None:
    assert_none({address: visit.errors for visits in (on_a_phone, on_a_desktop) for address, visit in visits.items()})


def test_nothing_moves_while_a_page_loads_and_scrolls(on_a_desktop: dict[str, Visit]) -> None:
    shifts = {address: visit for address, visit in on_a_desktop.items() if visit.layout_shift > MOST_LAYOUT_SHIFT}
    assert_none({address: visit.layout_shifts for address, visit in shifts.items()})


def test_each_kind_of_page_transfers_little(on_a_desktop: dict[str, Visit]) -> None:
    sizes = {address: visit.transferred_before_pictures for address, visit in on_a_desktop.items()}
    assert_none({address: size for address, size in sizes.items() if size > MOST_BYTES})


CONTENT_WITH_DEFECTS = """
<div style="width: 2000px">wide</div> <img src="https://example.org/picture.png" width="9" height="9">"""
DEFECTS = f"""<!doctype html><title>Defects</title><h1>Defects</h1>{CONTENT_WITH_DEFECTS}
<p style="color: #aaa; background: #fff">pale</p>
<script>onload = () => setTimeout(() => document.body.style.marginTop = "200px", 100); missing();</script>"""


def test_a_page_with_defects_is_noticed(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(DEFECTS, "utf-8")
    with serve(tmp_path) as served, open_tab(browser, served, LIGHT) as tab:
        seen = tab.visit("/")
        sent = len(gzip.compress(DEFECTS.encode()))
    assert seen.overflow > 0
    assert seen.other_hosts == ["https://example.org/picture.png"]
    assert {"color-contrast", "html-has-lang", "image-alt"} <= set(seen.violations)
    assert seen.layout_shift > MOST_LAYOUT_SHIFT
    assert any("missing is not defined" in error for error in seen.errors)
    assert sent < seen.transferred_before_pictures < sent + 500


def test_a_page_with_defects_is_noticed_in_the_place_of_another(tab: Tab, site: Path) -> None:
    first, second, third, *_ = max(alike(site), key=len)
    html = (site / second[1:] / "index.html").read_text("utf-8")
    defects = html.replace("</h1>", f'</h1>{CONTENT_WITH_DEFECTS} <img src="gone.png" loading="lazy">')
    tab.page.route(f"**{second}", lambda route: route.fulfill(body=defects, content_type="text/html"))
    tab.visit(first, thorough=False, accessibility=False)
    seen, next_seen = tab.take_over(second), tab.take_over(third)
    assert seen.overflow > 0
    assert seen.other_hosts == ["https://example.org/picture.png"]
    assert any("404" in error for error in seen.errors)
    assert (next_seen.overflow, next_seen.other_hosts, next_seen.errors) == (0, [], [])


# What a reader does


def test_every_cell_of_a_lesson_is_copied_as_it_is(page: Page) -> None:
    file = LESSONS[2]
    page.goto(lesson_address(file))
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    buttons = page.get_by_role("button", name="Copy")
    expect(buttons).not_to_have_count(0)
    copied = []
    for button in buttons.all():
        button.click()
        copied.append(clipboard(page))
    assert [code for code in copied if code in read_code(NOTEBOOKS / file)] == read_code(NOTEBOOKS / file)


@pytest.mark.parametrize("name", [SNIPPET_NAMES[0], SNIPPET_NAMES[-1]])
def test_every_form_of_a_snippet_is_copied_as_it_is(page: Page, name: str) -> None:
    page.goto(f"/snippets/{name}/")
    for language in LANGUAGES:
        page.locator(".tabbed-labels").get_by_text(language.label, exact=True).first.click()
        page.get_by_role("button", name="Copy").locator("visible=true").first.click()
        assert clipboard(page) == (SNIPPETS / name / language.file).read_text("utf-8").removesuffix("\n")


def test_tabs_remember_the_choice_on_other_pages(page: Page) -> None:
    page.goto(f"/snippets/{SNIPPET_NAMES[0]}/")
    page.locator(".tabbed-labels").get_by_text("curl", exact=True).first.click()
    page.goto(f"/snippets/{SNIPPET_NAMES[-1]}/")
    source = (SNIPPETS / SNIPPET_NAMES[-1] / "curl.sh").read_text("utf-8")
    expect(page.locator(CODE).locator("visible=true").first).to_have_text(source)


def words_of_one_lesson() -> dict[str, str]:
    """Return for each lesson the longest word that stands in its code, and in no other lesson and no prose at all."""
    places: dict[str, set[str]] = {}
    for file in LESSONS:
        for cell in json.loads((NOTEBOOKS / file).read_text("utf-8"))["cells"]:
            for word in re.findall(r"[A-Za-z]\w+", "".join(cell["source"])):
                places.setdefault(word, set()).add(file if cell["cell_type"] == "code" else "prose")
    words = sorted(places, key=lambda word: (len(word), word))
    return {file: word for word in words for file in LESSONS if places[word] == {file}}


def test_search_finds_each_lesson_by_a_word_of_its_code(page: Page) -> None:
    words = words_of_one_lesson()
    assert sorted(words) == LESSONS
    page.goto("/")
    for file, word in words.items():
        page.get_by_role("textbox", name="Search").clear()
        page.keyboard.insert_text(word)  # typed, it would be searched for with each letter
        result = page.locator(f".md-search-result__link[href*='{lesson_address(file)}']")
        expect(result.first, f"{word} is not found").to_be_visible()


def test_search_finds_what_is_entered_without_a_key(page: Page) -> None:
    page.goto("/")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.insert_text("max_tokens")  # as a mouse pastes it, and as dictation or a phone's keyboard enters it
    expect(page.locator(".md-search-result__link").first).to_be_visible()


@pytest.mark.parametrize(
    ("question", "page_name"),
    [
        ("what is a token", "glossary"),
        ("how do I set a proxy", "company-proxy"),
        ("what does it cost", "plans-and-cost"),
        ("what happens to my data", "your-data"),
    ],
)
def test_search_understands_a_question(page: Page, question: str, page_name: str) -> None:
    page.goto("/")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.insert_text(question)
    expect(page.locator(".md-search-result__link").first).to_have_attribute("href", re.compile(f"/{page_name}/"))


REPLACE_STORAGE = "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, "
STORAGES = {
    "denied": REPLACE_STORAGE + "{get() { throw new DOMException('Denied', 'SecurityError'); }})",
    "missing": REPLACE_STORAGE + "{value: null})",
    "broken": "for (const name of ['__palette', '__tabs']) localStorage.setItem(`/.${name}`, '{');",
}


@pytest.mark.parametrize("storage", STORAGES)
def test_all_but_memory_works_without_storage(page: Page, storage: str) -> None:
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(STORAGES[storage])
    page.goto(f"/snippets/{SNIPPET_NAMES[0]}/")
    page.locator(".tabbed-labels").get_by_text("curl", exact=True).first.click()
    page.get_by_role("button", name="Copy").locator("visible=true").first.click()
    assert clipboard(page) == (SNIPPETS / SNIPPET_NAMES[0] / "curl.sh").read_text("utf-8").removesuffix("\n")
    page.get_by_title("Switch to light mode").click()
    page.get_by_title("Switch to dark mode").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("max_tokens")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    assert errors == []


def test_dark_mode_follows_the_system_and_the_choice(page: Page) -> None:
    body = page.locator("body")
    page.goto("/")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.emulate_media(color_scheme="dark")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    assert brightness(page) < 60
    page.get_by_title("Switch to light mode").click()
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    assert brightness(page) > 200
    page.get_by_title("Switch to dark mode").click()
    page.emulate_media(color_scheme="light")
    page.goto(lesson_address(LESSONS[0]))
    expect(body).to_have_attribute("data-md-color-scheme", "slate")


def brightness(page: Page) -> float:
    """Return the mean of red, green, and blue of the page's background, from 0 to 255."""
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(float, re.findall(r"[\d.]+", color)[:3])) / 3


# With the keyboard alone

FOCUS = """() => {
  const element = document.activeElement;
  const candidates = [element, ...element.labels ?? [], element.nextElementSibling];
  const shown = candidates.find(one => one?.checkVisibility({opacityProperty: true})) ?? element;
  const {x, y, width, height} = shown.getBoundingClientRect();
  const {outlineStyle, outlineWidth} = getComputedStyle(shown);
  return {
    html: element.outerHTML.slice(0, 120),
    marked: width > 0 && height > 0 && (
      outlineStyle !== "none" && parseFloat(outlineWidth) > 0 || element.matches("input[type=text]")),
    area: {x: x - 4, y: y - 4, width: width + 8, height: height + 8},
  };
}"""


def press_tab(page: Page) -> None:
    """Press Tab, and check that a reader sees what has the focus: an outline, a caret, or else any difference."""
    page.keyboard.press("Tab")
    focus = page.evaluate(FOCUS)
    if not focus["marked"] and not focus["html"].startswith("<body"):
        with_focus = page.screenshot(clip=focus["area"])
        page.evaluate("document.activeElement.blur()")  # the next Tab goes on from here all the same
        assert page.screenshot(clip=focus["area"]) != with_focus, f"the focus cannot be seen on {focus['html']}"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus that a selector fits."""
    for _ in range(MOST_KEYS):
        press_tab(page)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{MOST_KEYS} times Tab does not lead to {selector} on {page.url}")


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    press_tab(page)
    expect(page.locator(":focus")).to_have_text(re.compile("Skip to content"))
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    press_tab(page)
    expect(page.locator("article :focus")).to_have_count(1)


def test_the_keyboard_leads_from_the_first_page_to_a_copied_snippet(page: Page) -> None:
    page.goto("/")
    tab_to(page, "[href$='snippets/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/snippets/")
    tab_to(page, "[href$='chat/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/snippets/chat/")
    tab_to(page, ".highlight button")
    page.keyboard.press("Enter")
    assert clipboard(page) == (SNIPPETS / "chat" / "python.py").read_text("utf-8").removesuffix("\n")
