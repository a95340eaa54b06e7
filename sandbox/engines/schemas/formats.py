"""The `format`s of JSON Schema: whether a text has one, and examples that stand in for what nobody said.

Dates and times follow RFC 3339, durations ISO 8601, addresses of the internet RFC 5321 (email) and RFC 3986 (uri), each
without its rarest forms. A format that is not listed here is met by any text, as the standard says.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

_TIME = re.compile(
    r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|23:59:60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_DURATION = re.compile(
    r"P(?:\d+W|(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?)", re.ASCII
)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]{1,63}(?:\.[^@\s.]{1,63}){0,8}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,120}}")
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{0,30}:(?://[^\s<>\"{}|\\^`\[\]]+|[^\s<>\"{}|\\^`/\[\]][^\s<>\"{}|\\^`\[\]]*)"
)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def has_format(text: str, name: str) -> bool:
    """Say whether a text has a format, such as "date" or "email"."""
    check = _CHECKS.get(name)
    return check is None or check(text)


def examples(name: str) -> Iterator[str]:
    """Yield some texts of a format, each another one, the plainest first; nothing for a format that is not known."""
    write = _EXAMPLES.get(name)
    for number in range(1000) if write else ():
        yield write(number)


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    return bool(_TIME.fullmatch(text))


def _is_date_time(text: str) -> bool:
    return _is_date(text[:10]) and text[10:11] in ("T", "t", " ") and _is_time(text[11:])


def _is_address(kind: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            kind(text)
        except ValueError:
            return False
        return "%" not in text

    return check


def _is_hostname(text: str) -> bool:
    return len(text) <= 253 and bool(_HOSTNAME.fullmatch(text))


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: bool(pattern.fullmatch(text))


_CHECKS: dict[str, Callable[[str], bool]] = {
    "date": _is_date,
    "time": _is_time,
    "date-time": _is_date_time,
    "duration": lambda text: len(text) > 1 and bool(_DURATION.fullmatch(text)),
    "email": _matches(_EMAIL),
    "idn-email": _matches(_EMAIL),
    "hostname": _is_hostname,
    "idn-hostname": lambda text: 0 < len(text) <= 253 and not re.search(r"\s", text),
    "uri": _matches(_URI),
    "iri": _matches(_URI),
    "uuid": _matches(_UUID),
    "ipv4": _is_address(ipaddress.IPv4Address),
    "ipv6": _is_address(ipaddress.IPv6Address),
    "json-pointer": _matches(_POINTER),
}


def _numbered(first: str, others: str) -> Callable[[int], str]:
    return lambda number: others.format(number + 1) if number else first


def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def _clock(number: int) -> str:
    return f"{number // 60 % 24:02}:{number % 60:02}:00Z"


_EXAMPLES: dict[str, Callable[[int], str]] = {
    "date": _day,
    "time": _clock,
    "date-time": lambda number: f"{_day(number)}T00:00:00Z",
    "duration": "P{}D".format,
    "email": _numbered("unknown@example.com", "unknown{}@example.com"),
    "idn-email": _numbered("unknown@example.com", "unknown{}@example.com"),
    "hostname": _numbered("example.com", "{}.example.com"),
    "idn-hostname": _numbered("example.com", "{}.example.com"),
    "uri": _numbered("https://example.com/", "https://example.com/{}"),
    "iri": _numbered("https://example.com/", "https://example.com/{}"),
    "uuid": "00000000-0000-0000-0000-{:012}".format,
    "ipv4": lambda number: str(ipaddress.IPv4Address(number)),
    "ipv6": lambda number: str(ipaddress.IPv6Address(number)),
    "json-pointer": _numbered("", "/{}"),
}
# Rules that a text of the format meets, to find one that meets other patterns and lengths as well.
PATTERNS = {
    "date": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$",
    "time": r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.[0-9]+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$",
    "date-time": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.[0-9]+)?Z$",
    "duration": r"^P([0-9]+D|[0-9]+W|T[0-9]+[HMS]|[0-9]+DT[0-9]+H)$",
    "email": r"^[a-zA-Z0-9._-]{1,64}@[a-z0-9]+(\.[a-z0-9]+)*\.[a-z]{2,8}$",
    "hostname": r"^[a-z0-9]{1,60}(\.[a-z0-9]{1,60})*\.[a-z]{2,8}$",
    "uri": r"^[a-z]{3,8}://[a-z0-9-]+(\.[a-z0-9-]+)*(/[a-zA-Z0-9._/?=&#-]*)?$",
    "uuid": r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "ipv4": r"^(1?\d?\d\.){3}[1-9]?\d$",
    "ipv6": r"^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$",
}
