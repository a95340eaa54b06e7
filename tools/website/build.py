"""Build the site as `make site` does, for the tests and the report that look at it."""

import os
import subprocess
import sys
from pathlib import Path


def build(project: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build a site strictly.

    Args:
        project: the folder with mkdocs.yml.
        site: the folder that the pages are written to.

    Returns:
        The finished process, with its output as text.

    Raises:
        subprocess.TimeoutExpired: the build takes more than two minutes.
    """
    # Without --quiet, which hides warnings from --strict as well.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)
