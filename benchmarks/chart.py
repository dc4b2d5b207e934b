"""A chart of what the forms find, as SVG for the documentation: a row for each change, dots on one scale."""

from collections.abc import Mapping
from html import escape

LEFT, WIDTH, ROW, TOP = 200, 420, 26, 64
SHOWN = (("plain", "#b0561c", "plain hash"), ("default", "#1f5f8b", "default forms"), ("all", "#3d7a4a", "all forms"))


def recall_chart(recall: Mapping[str, Mapping[str, int]], pictures: int) -> str:
    """One dot a set and change, from none of the pictures to all; the largest dot lies lowest where they coincide."""
    height = TOP + ROW * len(recall) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 40} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#222">',
        f"<title>Of {pictures} photographs, how many are found after each change</title>",
        f'<rect width="{LEFT + WIDTH + 40}" height="{height}" fill="#fff"/>',
        *_legend(),
    ]
    for tick in range(0, 101, 25):
        x = LEFT + WIDTH * tick / 100
        parts.append(f'<line x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{height - 30}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{height - 12}" text-anchor="middle" fill="#666">{tick} %</text>')
    for number, (change, counts) in enumerate(recall.items()):
        y = TOP + ROW * number + 8
        parts.append(f'<text x="{LEFT - 14}" y="{y + 4}" text-anchor="end">{escape(change)}</text>')
        parts.append(f'<line x1="{LEFT}" y1="{y}" x2="{LEFT + WIDTH}" y2="{y}" stroke="#eee"/>')
        for (title, colour, _), radius in zip(reversed(SHOWN), (8, 6, 3.5), strict=True):
            x = LEFT + WIDTH * counts[title] / pictures
            parts.append(f'<circle cx="{x:.1f}" cy="{y}" r="{radius}" fill="{colour}"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend() -> list[str]:
    parts = []
    for number, ((_, colour, title), radius) in enumerate(zip(SHOWN, (3.5, 6, 8), strict=True)):
        x = LEFT + number * 130
        parts.append(
            f'<circle cx="{x + 8}" cy="24" r="{radius}" fill="{colour}"/><text x="{x + 22}" y="28">{title}</text>'
        )
    return parts
