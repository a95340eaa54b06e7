"""Hooks of the site's build: MkDocs calls these functions by their names (`hooks` in mkdocs.yml).

The lessons stay where they are, in notebooks/. The hooks add them to the site under lessons/, in the order and with the
titles of lessons.toml, and clean their pages with `tools.website.notebook_page`. They put programs into other pages,
and warn about links that lead nowhere: a strict build fails on a warning.
"""

import logging
import posixpath
from io import BytesIO
from itertools import groupby
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from PIL import Image

from tools.lessons import NOTEBOOKS, Lesson, load_lessons
from tools.website.notebook_page import alternative_texts, anchor, clean_page, table_of_contents, wrap_tables
from tools.website.programs import insert_programs

FOLDER = "lessons"
PLACEHOLDER = "<!-- lessons -->"
"""In a Markdown page: the place of the list of lessons."""

# Below `mkdocs`, so that a warning counts under `--strict`.
log = logging.getLogger("mkdocs.hooks.site")


class LessonFile(File):
    """A notebook, which becomes a page; MkDocs by itself makes pages of Markdown only."""

    def is_documentation_page(self) -> bool:
        """Say that the file becomes a page."""
        return True


def on_config(config: MkDocsConfig) -> None:
    """Read the list of lessons, once for each build, and put them by their parts after the home page."""
    config.extra["lessons"] = {_source(lesson): lesson for lesson in load_lessons()}
    parts = groupby(config.extra["lessons"].values(), lambda lesson: lesson.part)
    config.nav[1:1] = [{part: [{lesson.title: _source(lesson)} for lesson in lessons]} for part, lessons in parts]


@event_priority(-100)
def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the notebooks and their pictures.

    This runs after mkdocs-jupyter's own step, which would put an object of its own in the place of a notebook's file,
    and that one loses the path of a file outside docs/. The plugin's later steps go by this path and work.
    """
    for lesson in config.extra["lessons"].values():
        notebook = NOTEBOOKS / lesson.file
        if notebook.exists():  # else MkDocs warns about the entry in the navigation
            files.append(LessonFile.generated(config, _source(lesson), abs_src_path=str(notebook)))
    for picture in sorted((NOTEBOOKS / "images").glob("*.*")):
        files.append(File.generated(config, f"{FOLDER}/images/{picture.name}", abs_src_path=str(picture)))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put the list of lessons in its place, and give a lesson's page its summary as description."""
    lesson = _find_lesson(page, config)
    if lesson:
        page.meta["description"] = lesson.summary
        return markdown
    return insert_programs(markdown.replace(PLACEHOLDER, _list_lessons(config)))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Clean a lesson's page, and make its links and pictures work."""
    lesson = _find_lesson(page, config)
    if not lesson:
        return wrap_tables(html)
    html, pictures = clean_page(html, alternative_texts(NOTEBOOKS / lesson.file))
    for address, content in pictures.items():
        if not files.get_file_from_path(f"{FOLDER}/{address}"):
            files.append(File.generated(config, f"{FOLDER}/{address}", content=content))
    page.toc = get_toc(table_of_contents(html))
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.select("a[href]"):
        _resolve(link, "href", page, files)
    for image in soup.select("img[src]"):
        _size_picture(image, page, files)
    soup.h1.insert_after(_facts(lesson))
    return str(soup)


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Warn about links to anchors that are not there. MkDocs by itself does not look into the pages of notebooks."""
    pages = {
        urljoin("/", file.url): (file.src_uri, BeautifulSoup(file.page.content, "html.parser"))
        for file in files.documentation_pages()
    }
    ids = {url: {tag["id"] for tag in soup.select("[id]")} for url, (_, soup) in pages.items()}
    for url, (source, soup) in pages.items():
        for link in soup.select("a[href*='#']"):
            target, _, fragment = urljoin(url, link["href"]).partition("#")
            if target in ids and fragment and fragment not in ids[target]:
                log.warning("%s: there is no anchor #%s on the page %s", source, fragment, target)


def _source(lesson: Lesson) -> str:
    return f"{FOLDER}/{lesson.file}"


def _find_lesson(page: Page, config: MkDocsConfig) -> Lesson | None:
    return config.extra["lessons"].get(page.file.src_uri)


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


def _facts(lesson: Lesson) -> Tag:
    """Write the line below a lesson's heading."""
    html = (
        f'<p class="lesson-facts"><span>Lesson {lesson.number}</span> <span>{lesson.minutes} minutes</span> '
        f'<a href="{lesson.file}" download>Download the notebook</a></p>'
    )
    return BeautifulSoup(html, "html.parser").p


def _resolve(tag: Tag, attribute: str, page: Page, files: Files) -> File | None:
    """Turn an address that is relative to the notebook into one that is relative to its page.

    Returns:
        The file that it leads to; None for another host's, and with a warning for one that is not part of the site.
    """
    url = urlsplit(tag[attribute])
    if url.scheme or url.netloc:
        return None
    path = posixpath.normpath(posixpath.join(FOLDER, unquote(url.path)))
    target = files.get_file_from_path(path) if url.path else page.file
    if target is None:
        log.warning("%s: the link to %s leads nowhere", page.file.src_uri, tag[attribute])
        return None
    relative = target.url_relative_to(page.file) if url.path else ""
    tag[attribute] = f"{relative}#{anchor(unquote(url.fragment))}" if url.fragment else relative
    return target


def _size_picture(image: Tag, page: Page, files: Files) -> None:
    """Give a picture its size, so that the page does not jump, and have it loaded when it comes into sight."""
    if not image.get("alt"):
        log.warning("%s: the picture %s has no alternative text", page.file.src_uri, image["src"])
    source = _resolve(image, "src", page, files)
    if source is None:
        return
    image["loading"] = "lazy"
    if not source.src_uri.endswith(".svg"):
        with Image.open(BytesIO(source.content_bytes)) as picture:
            image["width"], image["height"] = map(str, picture.size)
