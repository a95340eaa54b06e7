"""ZIP archives that are always the same for the same files."""

import io
import zipfile
from collections.abc import Iterable

_TIME = (1980, 1, 1, 0, 0, 0)


def make_zip(entries: Iterable[tuple[str, bytes, int]]) -> bytes:
    """Pack files.

    Args:
        entries: for each file its name with slashes, its content, and its mode, such as 0o644.

    Returns:
        The archive.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in entries:
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()
