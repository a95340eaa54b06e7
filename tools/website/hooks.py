"""Hooks of the site's build: MkDocs calls these functions by their names (`hooks` in mkdocs.yml).

The lessons stay where they are, in notebooks/. The hooks add them to the site under lessons/, in the order and with the
titles of lessons.toml, and clean their pages with `tools.website.notebook_page`. They put programs and prices into
other pages, add the pages of the HTTPS reference, write every page as plain Markdown too, and let the documents of the
search wait until somebody searches. They warn about links that lead nowhere: a strict build fails on a warning.
"""

import hashlib
import json
import logging
import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from PIL import Image

from tools.lessons import NOTEBOOKS, ROOT, Lesson, load_lessons, read_code
from tools.website import archive
from tools.website.capabilities import insert_capabilities
from tools.website.checked_against import insert_checks
from tools.website.in_page import Runner, find_needs, find_runner, mark_programs, pack_files
from tools.website.markup import finish_page, without_colorless
from tools.website.notebook_page import alternative_texts, anchor, clean_page, table_of_contents
from tools.website.plain_text import PlainPage, llms_full_txt, llms_txt, notebook_markdown, plain_markdown
from tools.website.prices import insert_prices
from tools.website.programs import EXAMPLES, FENCE_NAMES, SNIPPETS, insert_programs, output_label
from tools.website.rag_compared import insert_comparison
from tools.website.reference import reference_pages

FOLDER = "lessons"
PLACEHOLDER = "<!-- lessons -->"
"""In a Markdown page: the place of the list of lessons."""
PLAIN_FILE = "index.md"
"""The name of a page's plain Markdown, beside its index.html."""

CONTRIBUTING = "contributing.md"
"""The page of CONTRIBUTING.md."""

_LONGEST_DESCRIPTION = 160
_SPACE = re.compile(r"\s*\n\s*")

# Below `mkdocs`, so that a warning counts under `--strict`.
log = logging.getLogger("mkdocs.hooks.site")


class LessonFile(File):
    """A notebook, which becomes a page; MkDocs by itself makes pages of Markdown only."""

    def is_documentation_page(self) -> bool:
        """Say that the file becomes a page."""
        return True


def on_config(config: MkDocsConfig) -> None:
    """Read the list of lessons, once for each build, and fill in what mkdocs.yml leaves open in the navigation."""
    lessons = {_source(lesson): lesson for lesson in load_lessons()}
    parts = groupby(lessons.values(), lambda lesson: lesson.part)
    config.extra["lessons"] = lessons
    config.extra["reference"] = reference_pages()
    config.extra["plain"] = {}
    config.extra["anchors"] = {}
    config.extra["runner"] = find_runner()
    if not config.extra["runner"]:
        log.info("Pages only show their programs. After `make run-files`, they run them, too.")
    # mkdocs-jupyter keeps the pages that it made, by the notebook's content; they are not those of another version.
    versions = [f"{name}-{metadata.version(name)}" for name in ("mkdocs-jupyter", "nbconvert")]
    config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(ROOT / ".cache" / "_".join(versions))
    _fill(config.nav, "Lessons", [{part: [{each.title: _source(each)} for each in group]} for part, group in parts])
    _fill(config.nav, "HTTPS reference", list(config.extra["reference"]))


@event_priority(-100)
def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the notebooks with their pictures, the pages of the reference, CONTRIBUTING.md, and the project's archive.

    This runs after mkdocs-jupyter's own step, which would put an object of its own in the place of a notebook's file,
    and that one loses the path of a file outside docs/. The plugin's later steps go by this path and work.
    """
    for lesson in config.extra["lessons"].values():
        notebook = NOTEBOOKS / lesson.file
        if notebook.exists():  # else MkDocs warns about the entry in the navigation
            files.append(LessonFile.generated(config, _source(lesson), abs_src_path=str(notebook)))
    for path in sorted([*NOTEBOOKS.glob("images/*.*"), *NOTEBOOKS.glob("sounds/*.*")]):
        address = f"{FOLDER}/{path.relative_to(NOTEBOOKS).as_posix()}"
        files.append(File.generated(config, address, abs_src_path=str(path)))
    for source, markdown in config.extra["reference"].items():
        files.append(File.generated(config, source, content=markdown))
    files.append(File.generated(config, archive.FILE, content=archive.pack_project(ROOT)))
    files.append(File.generated(config, CONTRIBUTING, abs_src_path=str(ROOT / "CONTRIBUTING.md")))
    if runner := config.extra["runner"]:
        for name, path in runner.files().items():
            files.append(File.generated(config, f"{runner.folder}/{name}", abs_src_path=str(path)))


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """Remember the order of the pages."""
    config.extra["pages"] = nav.pages


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put programs and the list of lessons in their places, and keep the page as plain Markdown."""

    def resolve(target: str) -> str:
        file, fragment = (None, "") if _is_elsewhere(target) else _find_target(target, page, files)
        if file is None:  # the build warns about it where the link stands
            return target
        return urljoin(config.site_url, file.url) + (f"#{fragment}" if fragment else "")

    markdown = insert_comparison(insert_checks(markdown))
    if page.file.src_uri == CONTRIBUTING:
        markdown = markdown.replace(f"({NOTEBOOKS.name}/", f"({FOLDER}/")
    lesson = _find_lesson(page, config)
    if lesson:
        notebook = _read_notebook(lesson)
        plain = notebook_markdown(notebook, _label(notebook))
        page.meta["description"] = lesson.summary
    else:
        markdown = insert_capabilities(markdown.replace(PLACEHOLDER, _list_lessons(config)))
        plain = insert_prices(insert_programs(markdown, plain=True), plain=True)
        markdown = insert_prices(insert_programs(markdown))
    config.extra["plain"][page.file.src_uri] = plain_markdown(plain, resolve)
    return markdown


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Clean a lesson's page, make its links and pictures work, and finish every page."""
    html = without_colorless(html)
    lesson = _find_lesson(page, config)
    content = _lesson_page(html, lesson, page, files, config) if lesson else BeautifulSoup(html, "html.parser")
    if "description" not in page.meta:
        page.meta["description"] = _describe(content)
    finish_page(content)
    page.meta["run"] = _make_runnable(content, lesson, page, files, config)
    config.extra["anchors"][page.file.src_uri] = (
        {tag["id"] for tag in content.select("[id]")},
        [link["href"] for link in content.select("a[href*='#']")],
    )
    return str(content)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Take the indentation of the theme's templates out of a page: everywhere but in its article."""
    before, opening, rest = output.partition("<article")
    article, closing, after = rest.partition("</article>")
    return "".join([_SPACE.sub("\n", before), opening, article, closing, _SPACE.sub("\n", after)])


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Warn about links to anchors that are not there. MkDocs by itself does not look into the pages of notebooks."""
    addresses = {source: urljoin("/", files.get_file_from_path(source).url) for source in config.extra["anchors"]}
    ids = {addresses[source]: found for source, (found, _) in config.extra["anchors"].items()}
    for source, (_, links) in config.extra["anchors"].items():
        for link in links:
            target, _, fragment = urljoin(addresses[source], link).partition("#")
            if target in ids and fragment and unquote(fragment) not in ids[target]:
                log.warning("%s: there is no anchor #%s on the page %s", source, fragment, target)


@event_priority(-100)
def on_post_build(config: MkDocsConfig) -> None:
    """Write the plain Markdown, and split the index of the search. This runs after the search wrote it."""
    site = Path(config.site_dir)
    plain_pages = list(_plain_pages(config))
    for page in plain_pages:
        file = site / page.address.removeprefix(config.site_url)
        file.write_text(page.text, "utf-8")
    for name, write in (("llms.txt", llms_txt), ("llms-full.txt", llms_full_txt)):
        (site / name).write_text(write(config.site_name, config.site_description, plain_pages), "utf-8")
    _split_search_index(site / "search")


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Callable[[], None]) -> None:
    """Have each further build made by a process of its own, so that the pages follow changes of code, too."""
    # With -B, no file is written beside the code, which would count as a change.
    command = [sys.executable, "-B", "-m", "mkdocs", "build", "--site-dir", config.site_dir]
    command += ["--strict"] if config.strict else []

    def build() -> None:
        if subprocess.run(command, cwd=ROOT, env=os.environ | {"SITE_URL": config.site_url}).returncode:
            raise Abort("The build failed, for the reason above. Fix it, and the site is built again.")

    server.builder = build


def _fill(nav: list[Any], title: str, entries: list[Any]) -> None:
    """Fill an empty section of the navigation."""
    for item in nav:
        for name, children in item.items() if isinstance(item, dict) else ():
            if name == title:
                item[name] = entries
            elif isinstance(children, list):
                _fill(children, title, entries)


def _source(lesson: Lesson) -> str:
    return f"{FOLDER}/{lesson.file}"


def _find_lesson(page: Page, config: MkDocsConfig) -> Lesson | None:
    return config.extra["lessons"].get(page.file.src_uri)


def _read_notebook(lesson: Lesson) -> dict[str, Any]:
    return json.loads((NOTEBOOKS / lesson.file).read_text("utf-8"))


def _list_lessons(config: MkDocsConfig) -> str:
    """Write the lessons as Markdown: for each part a heading and a numbered list."""
    blocks = []
    for part, lessons in groupby(config.extra["lessons"].values(), lambda lesson: lesson.part):
        blocks.append(f"### {part}")
        blocks += [
            f"{lesson.number}.  [{lesson.title}]({_source(lesson)})\n"
            f"    <span class='minutes'>{lesson.minutes} min</span>\n\n    {lesson.summary}"
            for lesson in lessons
        ]
    return "\n\n".join(blocks)


def _describe(content: BeautifulSoup) -> str:
    """Take the first paragraph of a page, as far as it fits, for search engines and previews."""
    text = " ".join((content.p or content).get_text().split())
    while len(text) > _LONGEST_DESCRIPTION:
        shorter, stop, _ = text.rstrip(".").rpartition(". ")
        text = f"{shorter}." if stop else f"{text[: _LONGEST_DESCRIPTION - 4].rpartition(' ')[0]} ..."
    return text


def _lesson_page(html: str, lesson: Lesson, page: Page, files: Files, config: MkDocsConfig) -> BeautifulSoup:
    notebook = _read_notebook(lesson)
    content, pictures = clean_page(html, alternative_texts(notebook), _label(notebook))
    for address, picture in pictures.items():
        if not files.get_file_from_path(f"{FOLDER}/{address}"):
            files.append(File.generated(config, f"{FOLDER}/{address}", content=picture))
    page.toc = get_toc(table_of_contents(content))
    for link in content.select("a[href]"):
        _resolve(link, "href", page, files)
    for image in content.select("img[src]"):
        _size_picture(image, page, files)
    for sound in content.select("audio[src]"):
        _resolve(sound, "src", page, files)
    content.h1.insert_after(_facts(lesson, page, files, config.extra["runner"]))
    return content


def _make_runnable(
    content: BeautifulSoup, lesson: Lesson | None, page: Page, files: Files, config: MkDocsConfig
) -> dict[str, str] | None:
    """Mark the programs of a page that run in it: cells of lessons, snippets, and examples where the page `runs` them.

    Returns:
        What the page's script needs to know: see docs/templates/main.html. None if no program runs there.
    """
    runner = config.extra["runner"]
    if runner is None:
        return None
    if lesson:
        folder, programs = NOTEBOOKS, read_code(NOTEBOOKS / lesson.file)
        needs = find_needs(programs)
        runs = [] if runner.lacks(needs) else programs
        inputs = [path for path in folder.glob("*/**/*.*") if f"{path.relative_to(folder).parts[0]}/" in str(runs)]
    else:
        is_snippet = page.file.src_uri.startswith(f"{SNIPPETS.name}/")
        folder = SNIPPETS / page.file.name if is_snippet else EXAMPLES
        paths = folder.rglob("*.py") if is_snippet or page.meta.get("runs") else []
        needs_of = {program: find_needs([program]) for program in (path.read_text("utf-8") for path in paths)}
        runs = [program for program, needs in needs_of.items() if not runner.lacks(needs)]
        needs = sorted({need for program in runs for need in needs_of[program]})
        inputs = [path for path in folder.glob("*.*") if path.suffix not in (*FENCE_NAMES, ".txt")]
    marked = mark_programs(content, runs, alone=not lesson) if runs else 0
    if lesson and marked != len(runs):
        log.warning("%s: %d of %d cells are not found on the page", page.file.src_uri, len(runs) - marked, len(runs))
    if not marked:
        return None
    more = runner.wheel_files(needs)
    if inputs:
        data = pack_files(folder, inputs)
        digest = hashlib.sha256(data).hexdigest()
        more.append((f"{page.file.name}.{digest[:12]}.zip", digest))
        files.append(File.generated(config, f"{runner.folder}/{more[-1][0]}", content=data))
    return {"folder": runner.folder, "memory": runner.memory, "more": json.dumps(more) if more else ""}


def _label(notebook: dict[str, Any]) -> str:
    """Say which sandbox the stored outputs of a lesson came from."""
    return output_label(notebook["metadata"]["sandbox"]["version"])


def _listed(names: list[str]) -> str:
    """Join names as in a sentence."""
    *most, last = names
    return f"{', '.join(most)}{',' * (len(most) > 1)} and {last}" if most else last


def _where_it_runs(lesson: Lesson, runner: Runner | None) -> list[str]:
    """Say whether a lesson runs in its page; nothing where no page runs anything."""
    if runner is None:
        return []
    lacks = runner.lacks(find_needs(read_code(NOTEBOOKS / lesson.file)))
    return [f"Runs on your machine, not in the page: it needs {_listed(lacks)}" if lacks else "Runs in this page"]


def _facts(lesson: Lesson, page: Page, files: Files, runner: Runner | None) -> Tag:
    """Write the line below a lesson's heading."""
    home = files.get_file_from_path("index.md").url_relative_to(page.file)
    facts = [
        f"Lesson {lesson.number}",
        f"{lesson.minutes} minutes",
        *_where_it_runs(lesson, runner),
        f'<a href="{home}#run-the-lessons">How to open it in JupyterLab</a>',
        f'<a href="{lesson.file}" download>Download the notebook</a>',
        f'<a href="{PLAIN_FILE}">This page as Markdown</a>',
    ]
    return BeautifulSoup(f'<p class="lesson-facts">{" · ".join(facts)}</p>', "html.parser").p


def _is_elsewhere(address: str) -> bool:
    """Say whether an address leads to another host."""
    url = urlsplit(address)
    return bool(url.scheme or url.netloc)


def _find_target(address: str, page: Page, files: Files) -> tuple[File | None, str]:
    """Find what a link within the project leads to.

    Args:
        address: relative to the page's source; a lesson reaches the programs of docs/ with "../docs/snippets/...".
        page: the page with the link.
        files: the files of the site.

    Returns:
        The file, None if there is none, and the id on its page, "" if the link names none.
    """
    url = urlsplit(address)
    fragment = unquote(url.fragment)
    path = posixpath.join(posixpath.dirname(page.file.src_uri), unquote(url.path)) if url.path else page.file.src_uri
    path = posixpath.normpath(path).removeprefix("docs/")
    if path.startswith(f"{SNIPPETS.name}/") and path.endswith(".py"):  # a program stands on the page of its snippet
        path = f"{posixpath.dirname(path)}.md"
    # JupyterLab writes ids in its own way.
    return files.get_file_from_path(path), anchor(fragment) if path.endswith(".ipynb") else fragment


def _resolve(tag: Tag, attribute: str, page: Page, files: Files) -> File | None:
    """Turn an address in a notebook into one that is relative to its page.

    Returns:
        The file that it leads to; None for another host's, and with a warning for one that is not part of the site.
    """
    address = tag[attribute]
    if _is_elsewhere(address):
        return None
    target, fragment = _find_target(address, page, files)
    if target is None:
        log.warning("%s: the link to %s leads nowhere", page.file.src_uri, address)
        return None
    relative = "" if target is page.file else target.url_relative_to(page.file)
    tag[attribute] = f"{relative}#{fragment}" if fragment else relative
    return target


def _size_picture(image: Tag, page: Page, files: Files) -> None:
    """Give a picture its size, so that the page does not jump, and have it loaded when it comes into sight."""
    if not image.get("alt"):
        log.warning("%s: the picture %s has no alternative text", page.file.src_uri, image["src"])
    source = _resolve(image, "src", page, files)
    if source is None:
        return
    image["loading"] = "lazy"
    if source.src_uri.endswith(".svg"):
        sizes = re.findall(rb'\b(width|height)="(\d+)"', source.content_bytes)
        image.attrs |= {name.decode(): value.decode() for name, value in sizes[:2]}
    else:
        with Image.open(BytesIO(source.content_bytes)) as picture:
            image["width"], image["height"] = map(str, picture.size)


def _plain_pages(config: MkDocsConfig) -> Iterator[PlainPage]:
    """Give every page as plain Markdown, in the order of the navigation."""
    for page in config.extra["pages"]:
        yield PlainPage(
            section=page.ancestors[-1].title if page.ancestors else "Start",
            title=page.title,
            description=page.meta["description"],
            address=urljoin(config.site_url, f"{page.url}{PLAIN_FILE}"),
            text=config.extra["plain"][page.file.src_uri],
        )


def _split_search_index(folder: Path) -> None:
    """Leave Material's script an index without documents, and put them where docs/javascripts/search.js finds them."""
    index_file = folder / "search_index.json"
    index = json.loads(index_file.read_text("utf-8"))
    (folder / "documents.json").write_text(json.dumps(index, separators=(",", ":"), ensure_ascii=False), "utf-8")
    index_file.write_text(json.dumps({**index, "docs": []}), "utf-8")
