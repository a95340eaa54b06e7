"""Measure how pages start Python, beside an unmodified Pyodide; `make site-report` prints it."""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.browser.pack import PYODIDE
from tools.tables import print_table
from tools.website.browser import LIGHT, ServedSite, open_tab, serve

LESSON = "/lessons/01_first_request/"
_YARDSTICK = """<!doctype html><title>print(1)</title><button>Run</button><pre></pre><script type="module">
const source = `
  import { loadPyodide } from "${new URL("pyodide.mjs", location)}";
  const python = await loadPyodide({ indexURL: "${new URL(".", location)}", stdout: (text) => postMessage(text) });
  python.runPython("print(1)");
`;
document.querySelector("button").onclick = () => {
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), { type: "module" });
  worker.onmessage = ({ data }) => document.querySelector("pre").append(data);
};
</script>"""


def report_starts(browser: Browser, site: ServedSite, runs: int) -> None:
    """Print the seconds from the press of Run to the first output, and the bytes that it takes.

    Args:
        browser: a running browser.
        site: the served site, whose pages run their programs.
        runs: how often each is measured, with an empty cache and then with a full one.
    """
    seconds: dict[str, list[list[float]]] = {}
    sizes: dict[str, int] = {}

    def measure(name: str, served: ServedSite, address: str, output: str) -> None:
        with open_tab(browser, served, LIGHT) as tab:
            served.responses.clear()
            pair = [_start(tab.page, address, output)]
            sizes[name] = sum(response.size for response in served.responses)
            pair.append(_start(tab.page, address, output))
        seconds.setdefault(name, []).append(pair)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "site")
        shutil.copytree(PYODIDE, folder)
        (folder / "index.html").write_text(_YARDSTICK, "utf-8")
        with serve(folder) as yardstick:
            for _ in range(runs):
                measure("print(1) in an unmodified Pyodide", yardstick, "/", "pre:not(:empty)")
                measure("lesson 1", site, LESSON, "[data-kind]")
                measure("lesson 1, without the stored memory", site, f"{LESSON}?memory=none", "[data-kind]")
    [base, *_] = [_medians(pairs) for pairs in seconds.values()]
    rows = []
    for name, pairs in seconds.items():
        first, again = _medians(pairs)
        spread = f"{min(pair[0] for pair in pairs):.1f} to {max(pair[0] for pair in pairs):.1f}"
        rows.append([name, first, spread, again, f"{first / base[0]:.2f}", f"{again / base[1]:.2f}", sizes[name] / 1e6])
    header = ["", "first", "from, to", "again", "ratio", "ratio again", "MB, first"]
    print_table(f"From Run to the first output, s, medians of {runs}", header, rows)


def _start(page: Page, address: str, output: str) -> float:
    """Press the first Run of a page, and return the seconds until an output is there."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    begun = time.perf_counter()
    page.get_by_role("button", name="Run").first.click()
    page.wait_for_selector(output, timeout=120_000)
    return time.perf_counter() - begun


def _medians(pairs: list[list[float]]) -> list[float]:
    return [statistics.median(values) for values in zip(*pairs, strict=True)]
