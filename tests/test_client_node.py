"""The official `openai` package for Node against a server in this process (see `clients/node/check.mjs`)."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox

FOLDER = Path(__file__).with_name("clients") / "node"
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="there is no Node.js on this machine")
@pytest.mark.skipif(
    not (FOLDER / "node_modules" / "openai").is_dir(),
    reason="tests/clients/node has no node_modules; `make test` installs them where there is npm",
)
def test_every_check_in_node_passes(record_property):
    server = LocalServer(Sandbox(pace=0))
    server.serve_in_background()
    command = [NODE, FOLDER / "check.mjs", server.base_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    plan = re.search(r"^1\.\.(\d+)$", done.stdout, re.MULTILINE)
    assert plan, done.stdout + done.stderr
    passed = re.findall(r"^ok \d+ - ", done.stdout, re.MULTILINE)
    record_property("client", f"The openai package for Node: {len(passed)} of {plan[1]} checks passed")
    assert len(passed) == int(plan[1]) > 0, done.stdout
    assert (done.returncode, done.stderr) == (0, "")
