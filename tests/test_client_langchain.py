"""LangChain's standard suites, in an environment of their own, against a server in this process.

The server is here so that the strict check of replies sees all that LangChain gets (see `conftest.py`).
"""

import os
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox
from tools.run_programs import CLIENTS_PYTHON

SUITES = Path(__file__).with_name("clients") / "python"

CHAT = {"TestAzure", "TestAzureResponses", "TestTCloud", "TestTCloudResponses", "TestTCloudVision"}
EMBEDDINGS = {"TestAzureEmbeddings", "TestTCloudEmbeddings"}
# What the suites skip, in their words, and where; test_standard_suites.py has the reasons.
SKIPPED = {
    "Model does not support PDF inputs.": CHAT,
    "Model does not support PDF tool message.": CHAT,
    "Model does not support audio inputs.": CHAT,
    "Model does not support image tool message.": CHAT,
    "VCR not set up.": CHAT,
    "Model does not support image message.": {"TestTCloud", "TestTCloudResponses"},
    "Model does not explicitly support Anthropic inputs.": {"TestTCloudVision"},
    "Test requires tool calling.": {"TestTCloudVision"},
    "Test requires tool calling support.": {"TestTCloudVision"},
    "Test requires tool choice.": {"TestTCloudVision"},
    "Test requires structured output.": {"TestTCloudVision"},
}


@pytest.mark.skipif(not CLIENTS_PYTHON.is_file(), reason=f"there is no {CLIENTS_PYTHON}; `make test` makes it")
def test_the_standard_suites_pass(tmp_path, record_property):
    server = LocalServer(Sandbox(pace=0))
    server.serve_in_background()
    results = tmp_path / "results.xml"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "PYTEST"))}
    environment |= {"SANDBOX_BASE_URL": server.base_url, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    options = ["--quiet", f"--junit-xml={results}", f"--benchmark-storage={tmp_path}"]
    command = [CLIENTS_PYTHON, "-m", "pytest", *options, SUITES]
    done = subprocess.run(command, cwd=SUITES, env=environment, capture_output=True, text=True, check=False)
    assert results.is_file(), done.stdout + done.stderr
    outcomes = Counter()
    skipped = {}
    classes = set()
    for case in ElementTree.parse(results).iter("testcase"):
        name = case.get("classname").rpartition(".")[2]
        classes.add(name)
        (outcome,) = {part.tag for part in case} & {"failure", "error", "skipped"} or {"passed"}
        outcomes[outcome] += 1
        if outcome == "skipped":
            skipped.setdefault(case.find("skipped").get("message"), set()).add(name)
    counts = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in ("passed", "failure", "error", "skipped"))
    record_property("client", f"LangChain's standard suites: {counts}")
    assert not outcomes["failure"] + outcomes["error"], done.stdout
    assert classes == CHAT | EMBEDDINGS
    assert skipped == SKIPPED
