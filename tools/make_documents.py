"""Makes the document of the lesson on Visual RAG: `python -m tools.make_documents` writes notebooks/documents/.

A PDF is written by hand here: a few operators for text, lines, and areas, in a font that every reader has.
"""

from collections.abc import Iterator

from tools.lessons import NOTEBOOKS

_WIDTH, _BOTTOM, _TOP = 595, 220, 842  # of a page, in points
_LEFT = 60

HOUSE = """\
The Lindenbad pool opens at 7:00 every day. From Monday to Saturday
it closes at 22:00. On Sundays it closes at 18:30.

The water in the main pool has 27 degrees, in the children's pool
31 degrees. The swimming course for children is on Saturdays at 9:00.

Lockers take a 1-euro coin, which you get back when you return the key.

Lost property is kept at the front desk for 14 days."""
PRICES = [
    ("Ticket", "Price", "Who it is for"),
    ("Single visit", "6 euros", "adults"),
    ("Single visit", "3 euros", "children under 16"),
    ("Card for ten visits", "50 euros", "adults"),
]
# Rooms of the plan: a name, the left and the lower edge, width and height, and the color.
ROOMS = [
    ("Main pool", 80, 420, 300, 260, "0.75 0.88 0.96"),
    ("Children's pool", 400, 520, 115, 160, "0.75 0.88 0.96"),
    ("Showers", 400, 420, 115, 80, "0.93 0.93 0.93"),
    ("Lockers", 80, 300, 300, 100, "0.96 0.92 0.80"),
    ("Front desk", 400, 300, 115, 100, "0.96 0.85 0.90"),
    ("Entrance", 400, 240, 115, 40, "1 1 1"),
]


def text(left: float, up: float, words: str, size: int = 14) -> str:
    """Return the operators that write one line."""
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {left} {up} Td ({escaped}) Tj ET"


def box(left: float, up: float, width: float, height: float, color: str) -> str:
    """Return the operators that draw a filled rectangle with a border."""
    return f"{color} rg {left} {up} {width} {height} re B 0 0 0 rg"


def house_page() -> Iterator[str]:
    """Write the rules of the house."""
    yield text(_LEFT, 760, "Lindenbad: your visit", 24)
    for number, line in enumerate(HOUSE.split("\n")):
        yield text(_LEFT, 710 - 22 * number, line)


def price_page() -> Iterator[str]:
    """Draw a table."""
    yield text(_LEFT, 760, "Lindenbad: price list", 24)
    for row, cells in enumerate(PRICES):
        for column, cell in enumerate(cells):
            left, up = _LEFT + 160 * column, 690 - 34 * row
            yield box(left, up, 160, 34, "0.96 0.85 0.90" if row == 0 else "1 1 1")
            yield text(left + 8, up + 12, cell)


def plan_page() -> Iterator[str]:
    """Draw the plan of the building. Where the rooms are, only the drawing tells."""
    yield text(_LEFT, 760, "Lindenbad: plan of the building", 24)
    for name, left, up, width, height, color in ROOMS:
        yield box(left, up, width, height, color)
        yield text(left + 10, up + height / 2 - 5, name)


def write_pdf(pages: list[str]) -> bytes:
    """Return a PDF of pages, each given by its operators."""
    places = range(4, 4 + 2 * len(pages), 2)
    objects = ["<</Type/Catalog/Pages 2 0 R>>"]
    objects.append(f"<</Type/Pages/Kids[{' '.join(f'{place} 0 R' for place in places)}]/Count {len(pages)}>>")
    objects.append("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    for place, page in zip(places, pages, strict=True):
        rest = f"/MediaBox[0 {_BOTTOM} {_WIDTH} {_TOP}]/Resources<</Font<</F1 3 0 R>>>>/Contents {place + 1} 0 R"
        objects.append(f"<</Type/Page/Parent 2 0 R{rest}>>")
        objects.append(f"<</Length {len(page)}>>stream\n{page}\nendstream")
    body, starts = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        starts.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode("latin-1")


if __name__ == "__main__":
    made = write_pdf(["\n".join(page()) for page in (house_page, price_page, plan_page)])
    (NOTEBOOKS / "documents" / "lindenbad.pdf").write_bytes(made)
