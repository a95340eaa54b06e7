"""Setting up: what is installed is exact and complete, and an environment that no longer works is made anew."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.compare_versions import compare, read_versions
from tools.lessons import ROOT

LESSONS, TESTS = ".", "tests"
ENVIRONMENT = (LESSONS, "tools/frameworks", "tools/website", TESTS)
LISTS = (*ENVIRONMENT, "tests/clients/python")


def read_locked(folder: str) -> list[str]:
    lines = (ROOT / folder / "requirements.txt").read_text("utf-8").splitlines()
    return [line.partition(" #")[0].strip() for line in lines]


def read_direct(folder: str) -> list[Requirement]:
    lines = (ROOT / folder / "requirements.in").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith(("#", "-e"))]


@pytest.mark.parametrize("folder", LISTS)
def test_every_locked_version_is_exact(folder: str) -> None:
    lines = read_locked(folder)
    assert lines.count("-e .") == (folder == LESSONS)
    assert [line for line in lines if line != "-e ." and not re.match(r"[\w.-]+==[\w.]+( ; |$)", line)] == []


@pytest.mark.parametrize("folder", LISTS)
def test_the_locked_versions_are_those_that_the_direct_dependencies_allow(folder: str) -> None:
    locked = {Requirement(line).name: Requirement(line).specifier for line in read_locked(folder) if line != "-e ."}
    for direct in read_direct(folder):
        [exact] = locked[direct.name]
        assert direct.specifier.contains(exact.version), f"{direct} needs `make lock`"


def test_one_environment_has_one_version_of_each_package() -> None:
    lines = {line for folder in ENVIRONMENT for line in read_locked(folder) if line != "-e ."}
    names = [Requirement(line).name for line in {line.partition(" ;")[0] for line in lines}]
    assert len(names) == len(set(names))


TOOLS = [file.relative_to(ROOT).with_suffix("") for file in sorted(ROOT.glob("tools/**/*.py"))]
# What makes data says which packages to install for it. What is packed for pages runs there.
ELSEWHERE = ("make_recordings", "make_word_vectors", "warm_up")


@pytest.mark.parametrize(
    "tool", [".".join(tool.parts) for tool in TOOLS if tool.name not in ELSEWHERE and "python" not in tool.parts]
)
def test_a_tool_has_all_that_it_imports(tool: str) -> None:
    importlib.import_module(tool)


def test_newer_versions_are_named(tmp_path: Path) -> None:
    for folder in LISTS:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / folder / "requirements.txt", tmp_path / folder)
    assert compare(ROOT, tmp_path) == []
    version = read_versions(ROOT)["openai"]
    newer = (ROOT / "requirements.txt").read_text("utf-8").replace(f"openai=={version}", "openai==3.99.0")
    (tmp_path / "requirements.txt").write_text(newer, "utf-8")
    assert compare(ROOT, tmp_path) == [f"openai {version} -> 3.99.0"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder in which `make lab` has been run, as far as the Makefile can see."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "tools" / "frameworks").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "tools/frameworks/requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (folder / ".venv" / "installed").touch()
    (folder / ".venv" / "installed-for-frameworks").touch()
    return folder


def plan_lab(folder: Path) -> str:
    """Return the commands that `make lab` would run."""
    # MAKEFLAGS and the like are left by the `make` that may have started the tests.
    command = ["env", "-i", f"PATH={sys.exec_prefix}/bin:/usr/bin:/bin", "make", "--dry-run", "lab"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_second_run_installs_nothing(project: Path) -> None:
    assert "jupyter lab" in plan_lab(project)
    assert "venv --clear" not in plan_lab(project)
    assert "pip" not in plan_lab(project)


def test_the_environment_is_made_anew_in_a_moved_folder(project: Path) -> None:
    moved = project.rename(project.with_name("moved"))
    assert "-m venv --clear .venv" in plan_lab(moved)


def test_the_environment_is_made_anew_in_a_copied_folder(project: Path) -> None:
    copied = project.with_name("copied")
    shutil.copytree(project, copied, symlinks=True)
    assert "-m venv --clear .venv" in plan_lab(copied)


def test_the_environment_is_made_anew_when_its_python_is_gone(project: Path) -> None:
    for link in (project / ".venv" / "bin").glob("python*"):
        link.unlink()
        link.symlink_to(project / "gone")
    assert "-m venv --clear .venv" in plan_lab(project)


def test_new_locked_versions_are_installed(project: Path) -> None:
    os.utime(project / ".venv" / "installed", (0, 0))
    assert "pip install" in plan_lab(project)


def test_scripts_have_line_endings_for_a_shell_whatever_git_is_told(tmp_path: Path) -> None:
    """Git for Windows writes Windows line endings unless .gitattributes says otherwise; bash and make read neither."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git repository")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", ROOT, clone], check=True)
    shutil.copy(ROOT / ".gitattributes", clone / ".git" / "info" / "attributes")
    windows = ["git", "-c", "core.autocrlf=true", "checkout", "--quiet", "HEAD", "--"]
    subprocess.run([*windows, "Makefile", "docs/snippets", ".ci"], cwd=clone, check=True)
    scripts = [clone / "Makefile", clone / ".ci" / "run", *clone.rglob("curl.sh")]
    assert len(scripts) > 10
    assert [file for file in scripts if b"\r" in file.read_bytes()] == []
