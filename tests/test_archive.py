"""The archive of the project that the site offers."""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest

from tools.lessons import ROOT
from tools.website.archive import FILE, pack_project


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no git repository, so the list of files is not known")
def test_it_holds_what_git_knows_and_nothing_else() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    known = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    with zipfile.ZipFile(io.BytesIO(pack_project(ROOT))) as archive:
        packed = [name.removeprefix(f"{Path(FILE).stem}/") for name in archive.namelist()]
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert sorted(packed) == sorted(name for name in known if (ROOT / name).is_file())
    assert modes[f"{Path(FILE).stem}/.ci/run"] & 0o111


def test_a_key_stays_out(tmp_path: Path) -> None:
    for name in ("notebooks", "notebooks/__pycache__", "own"):
        (tmp_path / name).mkdir()
    for name in ("README.md", ".env", "notebooks/.env", "notebooks/a.ipynb", "notebooks/__pycache__/a", "own/a"):
        (tmp_path / name).write_text("API_KEY=secret")
    with zipfile.ZipFile(io.BytesIO(pack_project(tmp_path))) as archive:
        names = [name.removeprefix(f"{Path(FILE).stem}/") for name in archive.namelist()]
    assert names == ["README.md", "notebooks/a.ipynb"]


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("one")
    first = pack_project(tmp_path)
    (tmp_path / "README.md").touch()
    assert pack_project(tmp_path) == first
