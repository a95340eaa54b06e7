"""Asking back: a question for required values that the conversation does not give.

The question names each parameter in words, with what its description asks for, or with the options of its enum.
"""

import re

from sandbox.engines.kin import split_name
from sandbox.engines.schemas import Missing

_MOST_NAMED = 8
_MOST_OPTIONS = 12


def question_for(missing: list[Missing]) -> str:
    """Ask for missing values, in words from the parameters' names and descriptions."""
    if len(missing) == 1:
        name, detail, options = _describe(missing[0])
        which = "What" if missing[0].schema.get("type") in {"integer", "number"} else "Which"
        if options:
            return f"Which {name} do you want: {options}?"
        verb = "should I use" if which == "What" else "do you mean"
        return f"{which} {name} {verb}?" + (f" I need {detail}." if detail else "")
    parts = []
    for gap in missing[:_MOST_NAMED]:
        name, detail, options = _describe(gap)
        extra = options or detail
        parts.append(f"the {name}" + (f" ({extra})" if extra else ""))
    return f"I need a little more for that. Please tell me {', '.join(parts[:-1])} and {parts[-1]}. What should I use?"


def _describe(gap: Missing) -> tuple[str, str, str]:
    """Name, description and options of a missing value, in words."""
    name = " ".join(split_name(gap.path[-1])) if gap.path else "value"
    if len(gap.path) > 1 and len(name.split()) == 1:
        name = f"{' '.join(split_name(gap.path[-2]))} {name}"
    detail = re.split(r"(?<=[^.][a-z)])\.(?:\s|$)", str(gap.schema.get("description") or "").strip())[0].rstrip(". ")
    if detail[:1].isupper() and detail[1:2].islower():
        detail = detail[0].lower() + detail[1:]
    detail = "" if detail.lower().removeprefix("the ") == name else detail
    options = [str(option) for option in gap.schema.get("enum", []) if option is not None][:_MOST_OPTIONS]
    listed = f"{', '.join(options[:-1])} or {options[-1]}" if len(options) > 1 else ""
    return name, detail, listed
