"""What a key keeps in the sandbox: files, jobs, vector stores. In memory, within limits, apart from other keys."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from sandbox.catalogue import Model
from sandbox.core.bodies import AnswerPart
from sandbox.core.errors import ApiError

_MOST_KEYS, _MOST_ENTRIES, _MOST_BYTES = 100, 500, 64 * 1024 * 1024
Entry = dict[str, Any]


class Store:
    """The entries of one key, by their kind and id, in the order in which they came."""

    def __init__(self) -> None:
        self._kinds: dict[str, OrderedDict[str, Entry]] = {}
        self._sizes: dict[str, int] = {}
        self.models: dict[str, Model] = {}  # those that this key has tuned, by id

    def add(self, kind: str, prefix: str, entry: Entry, size: int = 0) -> Entry:
        """Keep an entry of a kind, such as "file", under a new id that nobody can guess: "file-..."; return it.

        `size` is what it takes in bytes. Raises ApiError (429) if this key keeps too many entries or bytes.
        """
        kept = self._kinds.setdefault(kind, OrderedDict())
        if len(kept) >= _MOST_ENTRIES or sum(self._sizes.values()) + size > _MOST_BYTES:
            limit = f"{_MOST_ENTRIES} entries of a kind and {_MOST_BYTES // 1024**2} MiB for each key"
            raise ApiError(
                429, f"The sandbox keeps at most {limit}. Delete some, or start it again.", code="storage_limit"
            )
        entry = {"id": f"{prefix}{secrets.token_hex(12)}"} | entry
        kept[entry["id"]], self._sizes[entry["id"]] = entry, size
        return entry

    def get(self, kind: str, name: str) -> Entry:
        """Return an entry by its id. Raises ApiError (404) if this key has none such."""
        if entry := self._kinds.get(kind, {}).get(name):
            return entry
        raise ApiError(404, f"There is no {kind} {name!r} of this key. It may be deleted; list what there is.", "id")

    def delete(self, kind: str, name: str) -> None:
        """Forget an entry. Raises ApiError (404) if this key has none such."""
        self.get(kind, name)
        del self._kinds[kind][name], self._sizes[name]

    def all(self, kind: str) -> list[Entry]:
        """Return the entries of a kind, the newest first, as OpenAI lists them."""
        return [*self._kinds.get(kind, {}).values()][::-1]


class Stores:
    """A store for each key; the one that was not used for longest goes when there are too many."""

    def __init__(self) -> None:
        self._stores: OrderedDict[str, Store] = OrderedDict()

    def of(self, key: str) -> Store:
        """Return the store of a key."""
        store = self._stores.setdefault(key, Store())
        self._stores.move_to_end(key)
        if len(self._stores) > _MOST_KEYS:
            self._stores.popitem(last=False)
        return store


class Page(AnswerPart):
    """A page of a list."""

    object: Literal["list"]
    has_more: Annotated[bool, Field(description="Whether there is another page: ask with `after`.")]


def paging(default: int = 20, most: int = 100) -> dict[str, str]:
    """Return the parameters that `page` reads, with their descriptions."""
    limit = f"The most entries of a page: 1 to {most}, by default {default}."
    return {"limit": limit, "after": "The id of the last entry of the page before."}


def page(
    entries: list[Entry], query: Mapping[str, str], show: Callable[[Entry], Entry], default: int = 20, most: int = 100
) -> Entry:
    """Return a page of a list: at most `limit` entries, after the one with the id `after`, and whether there are more.

    Raises ApiError (400) if a parameter of the query makes no sense.
    """
    limit = query.get("limit", str(default))
    if not limit.isdecimal() or not 1 <= int(limit) <= most:
        raise ApiError(400, f"limit has to be a whole number from 1 to {most}, not {limit!r}.", "limit")
    ids = [entry["id"] for entry in entries]
    after = query.get("after")
    if after is not None and after not in ids:
        raise ApiError(400, f"after has to be the id of an entry of this list, not {after!r}.", "after")
    rest = entries[ids.index(after) + 1 :] if after else entries
    return {"object": "list", "data": [show(entry) for entry in rest[: int(limit)]], "has_more": len(rest) > int(limit)}
