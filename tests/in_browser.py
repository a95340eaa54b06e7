"""What tests in a browser need, and why they are skipped where it is missing."""

import pytest

from tools.website.browser import AXE, find_browser
from tools.website.in_page import find_runner

needs_browser = pytest.mark.skipif(find_browser() is None, reason="there is no Chromium on this machine")
needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="tests/browser has no node_modules; `make test` installs them where there is npm"
)
needs_packed = pytest.mark.skipif(
    find_runner() is None, reason="Python is not packed for pages; `make run-files` does it where there is npm"
)
