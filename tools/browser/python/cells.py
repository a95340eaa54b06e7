"""Runs the cells of a page as a notebook does: with `await` at the top level, and the value of the last line shown."""

import asyncio
import builtins
import linecache
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Coroutine
from types import ModuleType
from typing import Any

from pyodide.code import eval_code_async
from pyodide.ffi import can_run_sync
from tqdm import tqdm

from helpers import start_sandbox

Send = Callable[[str, Any, str], None]

_REPRESENTATIONS = ("markdown", "html", "png", "jpeg")

tqdm.monitor_interval = 0  # it would need a thread
_send: Send
_alone = False
_space: dict[str, Any] = {}  # the variables of the cells
_task: asyncio.Task[Any] | None = None
_begun: list[asyncio.Future[Any]] = []
_is_stopping = False
_run = asyncio.run
_sleep = time.sleep


def start(send: Send, alone: bool) -> None:
    """Prepare for the cells of a page. What is not to be the same for all readers is made anew here.

    Args:
        send: shows something below the cell that runs: its kind, its content, and what an image shows. Kinds are
            "result", "error", "stderr", "markdown", "html", "png", and "jpeg".
        alone: each cell is a program of its own, with the settings of a terminal that talks to the sandbox.
    """
    global _send, _alone
    _send, _alone = send, alone
    random.seed()
    asyncio.run = _run_or_begin
    builtins.input = _refuse_input
    time.sleep = _sleep_in_slices
    if alone:
        os.environ.update(API_KEY="sandbox", BASE_URL=start_sandbox().base_url)


def show(value: Any) -> None:
    """Show a value as a notebook does: in the best of its representations."""
    for kind in _REPRESENTATIONS:
        method = getattr(value, f"_repr_{kind}_", None)
        if method and (content := method()) is not None:
            _send(kind, content, getattr(value, "alt", ""))
            return
    _send("result", repr(value), "")


async def run_cell(source: str, name: str) -> str:
    """Run a cell.

    Args:
        source: its code.
        name: what tracebacks call it, such as "cell 3".

    Returns:
        "done", "failed", or "stopped".
    """
    global _space, _task, _is_stopping
    file = f"<{name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    _task, _is_stopping = asyncio.current_task(), False
    _begun.clear()
    if _alone or not _space:
        # Some packages look up the names of a program by its module.
        sys.modules["__main__"] = module = ModuleType("__main__")
        _space = vars(module)
    try:
        value = await eval_code_async(source, _space, filename=file)
        while _begun:
            await _begun.pop(0)
        if value is not None:
            show(value)
        state = "done"
    except (KeyboardInterrupt, asyncio.CancelledError):
        state = "stopped"
    except SystemExit as error:
        # As in a terminal: its message is printed, and 0 or nothing is no failure.
        if isinstance(error.code, str):
            _send("stderr", error.code + "\n", "")
        state = "failed" if error.code else "done"
    except BaseException as error:
        _send("error", _format(error), "")
        state = "failed"
    while _task.cancelling():
        _task.uncancel()
    _task = None
    sys.stdout.flush()
    sys.stderr.flush()
    return state


def stop() -> None:
    """End a cell that waits. One that computes gets a KeyboardInterrupt from the worker's check for signals."""
    global _is_stopping
    _is_stopping = True
    if _task:
        _task.cancel()


def _format(error: BaseException) -> str:
    """Write the traceback with the cells' own lines; those of packages would fill the page."""
    # Without looking up lines: those of packages would have to be fetched.
    report = traceback.TracebackException.from_exception(error, lookup_lines=False)
    part: traceback.TracebackException | None = report
    while part:
        part.stack = traceback.StackSummary.from_list(
            [frame for frame in part.stack if frame.filename.startswith("<cell ")]
        )
        part = part.__cause__ or part.__context__
    return "".join(report.format())


def _refuse_input(prompt: object = "") -> str:
    raise RuntimeError("There is no keyboard input in a web page. Write the text into the cell.")


def _run_or_begin(main: Coroutine[Any, Any, Any], **options: Any) -> Any:
    """Run a coroutine; where the browser cannot suspend WebAssembly, begin it: the cell waits for it at its end."""
    if can_run_sync():
        return _run(main, **options)
    _begun.append(asyncio.ensure_future(main))
    return None


def _sleep_in_slices(seconds: float) -> None:
    """Sleep so that Stop is noticed."""
    end = time.monotonic() + seconds
    while (rest := end - time.monotonic()) > 0.1:
        _sleep(0.1)
        if _is_stopping:
            raise KeyboardInterrupt
    _sleep(max(rest, 0))
