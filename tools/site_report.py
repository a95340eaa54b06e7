"""Measure the site as its readers get it: `make site-report`, or `python -m tools.site_report` with options.

It builds the site, serves it with compression on this machine, and prints

- a table of all pages: sizes in kB, requests, violations of axe-core's rules in three modes (rules:places), sideways
  overflow in px, layout shift, and errors in the console;
- Lighthouse's scores and times for a phone, the median of several runs, for one page of each kind;
- seconds from Run to the first output of lesson 1, with the stored memory and without, beside an unmodified Pyodide;
- links within the site that lead nowhere;
- how long a build takes, at first and again, with the lessons that there are and with ten times as many.

The exit status is 1 if an exact limit is broken: other hosts, violations, broken links, overflow, layout shift, errors,
or sizes. Times depend on the machine and what else it does, so they have no limit. Chromium is needed, and for
Lighthouse Node.js.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tools.browser.measure import report_starts
from tools.lessons import ROOT, load_lessons
from tools.tables import print_table
from tools.website.browser import (
    AXE,
    DARK,
    LIGHT,
    MOST_BYTES,
    MOST_LAYOUT_SHIFT,
    PHONE,
    ServedSite,
    Visit,
    find_browser,
    open_tab,
    serve,
    start_browser,
)
from tools.website.build import MOST_HTML_BYTES, addresses, build, find_broken_links, folder_of, html_sizes
from tools.website.in_page import find_runner

MODES = (LIGHT, DARK, PHONE)
LIGHTHOUSE = ROOT / "tools" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
MANY_LESSONS = 10


def choose_pages(pages: Sequence[str]) -> list[str]:
    """Choose the first page, one of each folder, and of the lessons the first and the last."""
    folders: dict[str, list[str]] = {}
    for address in pages:
        folders.setdefault(folder_of(address), []).append(address)
    lessons = folders.get("lessons", [])
    return sorted({"/", *lessons[:1], *lessons[-1:]} | {inside[len(inside) // 2] for inside in folders.values()})


def visit_page(browser: Browser, site: ServedSite, address: str, screenshots: Path | None) -> list[Visit]:
    """Visit a page in each of the modes, with an empty cache.

    Args:
        browser: a running browser.
        site: the served site.
        address: the page's address within it.
        screenshots: the folder for pictures of the page, if they are wanted.

    Returns:
        The visits, in the order of `MODES`.
    """
    visits = []
    for mode in MODES:
        name = f"{address.strip('/').replace('/', '-') or 'index'} {mode.name}.png".replace(" ", "-")
        with open_tab(browser, site, mode) as tab:
            visits.append(tab.visit(address, screenshot=screenshots and screenshots / name))
    return visits


def find_problems(address: str, html: int, visits: Sequence[Visit]) -> list[str]:
    """Compare what was seen with the limits.

    Args:
        address: the page's address.
        html: bytes of its compressed HTML.
        visits: the visits, in the order of `MODES`.

    Returns:
        A line for each limit that is broken.
    """
    problems = []
    if html > MOST_HTML_BYTES:
        problems.append(f"{html} bytes of compressed HTML, more than {MOST_HTML_BYTES}")
    if visits[0].transferred_before_pictures > MOST_BYTES:
        problems.append(f"{visits[0].transferred_before_pictures} bytes before pictures, more than {MOST_BYTES}")
    for mode, visit in zip(MODES, visits, strict=True):
        problems += [f"{mode.name}: asks another host, {url}" for url in visit.other_hosts]
        problems += [f"{mode.name}: breaks {rule} at {', '.join(places)}" for rule, places in visit.violations.items()]
        problems += [f"{mode.name}: {visit.overflow} px wider than the window"] * bool(visit.overflow)
        if visit.layout_shift > MOST_LAYOUT_SHIFT:
            problems.append(f"{mode.name}: layout shift {visit.layout_shift:.4f}: {visit.layout_shifts}")
        problems += [f"{mode.name}: {error}" for error in visit.errors]
    return [f"{address} {problem}" for problem in problems]


def page_row(address: str, sizes: tuple[int, int], visits: Sequence[Visit]) -> list[object]:
    """Return a page's line of the table."""
    light = visits[0]
    return [
        address,
        *(size / 1000 for size in (*sizes, light.transferred, light.transferred_before_pictures)),
        len(light.responses),
        sum(len(visit.other_hosts) for visit in visits),
        *(f"{len(visit.violations)}:{sum(map(len, visit.violations.values()))}" for visit in visits),
        max(visit.overflow for visit in visits),
        f"{max(visit.layout_shift for visit in visits):.4f}",
        sum(len(visit.errors) for visit in visits),
    ]


def report_pages(site: Path, served: ServedSite, chosen: Iterable[str], screenshots: Path | None) -> list[str]:
    """Visit all pages and print their table.

    Args:
        site: the built site.
        served: the same, at its address.
        chosen: pages to take screenshots of.
        screenshots: the folder for them, if they are wanted.

    Returns:
        The limits that are broken.
    """
    rows, problems = [], []
    with start_browser() as browser:
        for address in addresses(site):
            sizes = html_sizes(site, address)
            visits = visit_page(browser, served, address, screenshots if address in chosen else None)
            rows.append(page_row(address, sizes, visits))
            problems += find_problems(address, sizes[1], visits)
    axe = [f"axe {mode.name}" for mode in MODES]
    header = [
        "",
        "HTML",
        "gzip",
        "all",
        "before pictures",
        "requests",
        "other hosts",
        *axe,
        "overflow",
        "shift",
        "errors",
    ]
    print_table("Pages", header, rows)
    return problems


def run_lighthouse(url: str) -> dict[str, float]:
    """Let Lighthouse load a page as on a phone.

    Args:
        url: the page's address.

    Returns:
        Scores from 0 to 100 by category, times in ms by their names, and the machine's speed as `CPU index`.

    Raises:
        subprocess.CalledProcessError: Lighthouse failed; its reason is on stderr.
    """
    command = [str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    command.append("--chrome-flags=--headless=new --no-sandbox")
    environment = {**os.environ, "CHROME_PATH": find_browser() or ""}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, timeout=180)
    report: dict[str, Any] = json.loads(done.stdout)
    scores = {name: 100 * report["categories"][name]["score"] for name in CATEGORIES}
    times = {name: report["audits"][name]["numericValue"] for name in TIMES}
    return scores | times | {"CPU index": report["environment"]["benchmarkIndex"]}


def report_lighthouse(served: ServedSite, pages: Iterable[str], runs: int) -> None:
    """Print Lighthouse's medians for some pages."""
    rows = []
    for address in pages:
        results = [run_lighthouse(served.origin + address) for _ in range(runs)]
        rows.append([address, *(round(statistics.median(result[name] for result in results)) for name in results[0])])
    header = ["", *CATEGORIES, "first paint", "largest paint", "blocking", "CPU index"]
    print_table(f"Lighthouse, as on a phone: scores and times in ms, medians of {runs}", header, rows)


def copy_project(project: Path, times: int) -> None:
    """Copy what a build needs, with some times as many lessons.

    Args:
        project: the folder of the copy.
        times: 1 for the lessons as they are.
    """
    ignored = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "site")
    shutil.copytree(ROOT, project, ignore=ignored)
    lessons = load_lessons()
    entries = []
    for turn in range(times):
        for lesson in lessons:
            copy = lesson
            if turn:
                copy = replace(lesson, title=f"{lesson.title} {turn}", part=f"{lesson.part} {turn}")
                copy = replace(copy, file=f"{turn}_{lesson.file}", number=len(entries) + 1)
                shutil.copy(project / "notebooks" / lesson.file, project / "notebooks" / copy.file)
            fields = "\n".join(f"{name} = {json.dumps(value)}" for name, value in asdict(copy).items())
            entries.append(f"[[lessons]]\n{fields}\n")
    (project / "notebooks" / "lessons.toml").write_text("\n".join(entries), "utf-8")


def report_build_times() -> None:
    """Print how long builds take, in s: the first of a fresh copy, and the next."""
    rows = []
    for times in (1, MANY_LESSONS):
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder, "project")
            copy_project(project, times)
            row: list[object] = [f"{times * len(load_lessons())} lessons"]
            for _ in ("first", "again"):
                start = time.perf_counter()
                build_strictly(project, Path(folder, "site"))
                row.append(time.perf_counter() - start)
            rows.append(row)
    print_table("Builds, s", ["", "first", "again"], rows)


def build_strictly(project: Path, site: Path) -> None:
    """Build a site; end the program with MkDocs's own words if that fails."""
    run = build(project, site)
    if run.returncode:
        sys.exit(f"{run.stderr}\nThe site cannot be built. Mend what stands above, then try again.")


def report(site: Path, options: argparse.Namespace) -> int:
    """Print all that was asked for.

    Args:
        site: the built site.
        options: the command line.

    Returns:
        The exit status.
    """
    pages = addresses(site)
    chosen = choose_pages(pages)
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    with serve(site) as served:
        problems = report_pages(site, served, chosen, options.screenshots)
        if options.lighthouse:
            report_lighthouse(served, pages if options.all else chosen, options.runs)
        if find_runner():
            with start_browser() as browser:
                report_starts(browser, served, options.runs)
        else:
            print("\nPages run no programs: Python for them is not packed (make run-files).")
    broken = find_broken_links(site)
    print(f"\nBroken links: {len(broken)}")
    if options.build_times:
        report_build_times()
    print(f"\nBroken limits: {len(problems) + len(broken)}", *problems, *broken, sep="\n")
    return 1 if problems or broken else 0


def main(arguments: list[str] | None = None) -> int:
    """Measure and print.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0, 1 if a limit is broken or the site cannot be built, or 2 if something is missing.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.site_report", description="Measure the built site.")
    parser.add_argument("--site", type=Path, help="a site that is already built (default: build it)")
    parser.add_argument("--all", action="store_true", help="Lighthouse for all pages, not for some of each kind")
    parser.add_argument(
        "--runs", type=int, default=3, help="how often a page is loaded, and Python started (default: 3)"
    )
    parser.add_argument("--no-lighthouse", dest="lighthouse", action="store_false", help="leave out Lighthouse")
    parser.add_argument("--no-build-times", dest="build_times", action="store_false", help="leave out the builds")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="store pictures of some pages, in all modes")
    options = parser.parse_args(arguments)
    missing = find_missing(options.lighthouse)
    if missing:
        parser.error(missing)
    if options.site:
        return report(options.site, options)
    with tempfile.TemporaryDirectory() as folder:
        build_strictly(ROOT, Path(folder))
        return report(Path(folder), options)


def find_missing(lighthouse: bool) -> str | None:
    """Say what this machine lacks, and how to get it; None if nothing."""
    if find_browser() is None:
        return "There is no Chromium here. Install it (on Debian: apt-get install chromium), or set CHROME_PATH."
    if lighthouse and shutil.which("node") is None:
        return (
            "Lighthouse needs Node.js, 20 or later, which is not on this machine. Install it, or use --no-lighthouse."
        )
    if not AXE.is_file() or (lighthouse and not LIGHTHOUSE.exists()):
        return "Packages from npm are missing. Run `make site-report`, which installs them."
    return None


if __name__ == "__main__":
    sys.exit(main())
