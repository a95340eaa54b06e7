"""Write the Content-Security-Policy of the built site as a line for nginx.

    python3 deploy/policy.py site > policy.conf

Pages have a few short scripts and styles in their HTML, most of them of the theme. The policy names each by its hash,
so that no other runs. Some depend on where the site is and how deep a page lies, so this follows each build.
"""

import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

DIRECTIVES = {
    "default-src": "'none'",
    # Python in a page is WebAssembly. With 'unsafe-hashes', hashes count for attributes as well.
    "script-src": "'self' 'wasm-unsafe-eval' 'unsafe-hashes'",
    "style-src": "'self' 'unsafe-hashes'",
    # Python's worker starts from a blob, so that it is under the policy of its page.
    "worker-src": "'self' blob:",
    "connect-src": "'self' blob: data:",
    "img-src": "'self' blob: data:",
    "media-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


class Inline(HTMLParser):
    """Collects what stands in the HTML itself.

    Attributes:
        found: scripts and styles, those in attributes included, by the directive that decides about them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, set[str]] = {"script-src": set(), "style-src": set()}
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note attributes, and whether a script or a style follows."""
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.found["style-src" if name == "style" else "script-src"].add(value or "")
        names = dict(attrs)
        runs = tag == "script" and "src" not in names and names.get("type") != "application/json"
        self._text = [] if runs or tag == "style" else None

    def handle_data(self, data: str) -> None:
        """Note a piece of a script or a style."""
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Note a script or a style."""
        if self._text is not None:
            self.found[f"{tag}-src"].add("".join(self._text))
        self._text = None


def find_inline(site: Path) -> dict[str, set[str]]:
    """Return the scripts and styles in the pages and drawings of a built site, by directive."""
    inline = Inline()
    for file in site.rglob("*"):
        if file.suffix in (".html", ".svg"):
            inline.reset()
            inline.feed(file.read_text("utf-8"))
    return inline.found


def make_policy(site: Path) -> str:
    """Return the strictest policy under which all pages of a built site work."""
    directives = dict(DIRECTIVES)
    for name, texts in find_inline(site).items():
        hashes = sorted(b64encode(sha256(text.encode()).digest()).decode() for text in texts)
        directives[name] += "".join(f" 'sha256-{digest}'" for digest in hashes)
    return "; ".join(f"{name} {value}" for name, value in directives.items())


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "index.html").is_file():
        sys.exit("Name the folder of the built site: python3 deploy/policy.py site > policy.conf")
    print(f'add_header Content-Security-Policy "{make_policy(Path(sys.argv[1]))}" always;')
