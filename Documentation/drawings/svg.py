# SPDX-License-Identifier: GPL-2.0-only
"""
What the drawings share: boxes, words and arrows as SVG, in colours for a light
page and for a dark one. A viewer takes those that its user asked for.
"""
from xml.sax.saxutils import escape

# role: (fill, outline) on a light page, and on a dark one
COLOURS = {
    "page": (("#ffffff", "none"), ("#0d1117", "none")),
    "plain": (("#f6f8fa", "#8c959f"), ("#161b22", "#768390")),
    "header": (("#d6e6fa", "#2f6fb3"), ("#14304f", "#5b9be0")),
    "shard": (("#ffdf9e", "#b06a00"), ("#54390a", "#e3a53f")),
    "payload": (("#e9ecef", "#8c959f"), ("#2b313a", "#768390")),
    "inner": (("#e5dbf7", "#7450b8"), ("#36275a", "#ab8df0")),
    "good": (("#d3efd8", "#2c8548"), ("#153d23", "#57b876")),
    "warm": (("#fbdcd6", "#b4442c"), ("#51211a", "#e98a75")),
}
# of words and lines
INK = {
    "ink": ("#1f2328", "#e6edf3"),
    "faint": ("#59636e", "#9ba5b0"),
}

STYLE = """\
text { font-family: "DejaVu Sans", Verdana, sans-serif; font-size: 12px }
.small { font-size: 10.5px }
.large { font-size: 14px; font-weight: bold }
.bold { font-weight: bold }
.code { font-family: "DejaVu Sans Mono", Menlo, monospace; font-size: 11.5px }
.line { fill: none; stroke-width: 1.4 }
.shade { opacity: 0.4 }
.box { stroke-width: 1.2 }
"""


def rules(page):
    """The colours of one kind of page, as CSS"""
    css = []
    for role, both in COLOURS.items():
        fill, outline = both[page]
        css.append(f".{role} {{ fill: {fill}; stroke: {outline} }}")
        css.append(f".shade.{role} {{ stroke: none }}")
    for role, both in INK.items():
        css.append(f"text.{role} {{ fill: {both[page]} }}")
        css.append(f"path.{role} {{ stroke: {both[page]} }}")
        css.append(f"path.{role}.tip {{ fill: {both[page]} }}")
    return "\n".join(css)


class Drawing:
    """An SVG image that grows by what is put in it"""

    def __init__(self, width, height, title):
        self.size = width, height
        self.title = title
        self.parts = []

    def box(self, x, y, w, h, role, *lines, text="", radius=0):
        """A box with words in its middle, a line each; (words, class) has a
        class of its own"""
        self.parts.append(
            f'<rect class="box {role}" x="{x:g}" y="{y:g}" width="{w:g}" '
            f'height="{h:g}" rx="{radius}"/>')
        top = y + h / 2 - (len(lines) - 1) * 7.5 + 4
        for i, line in enumerate(lines):
            words, kind = line if isinstance(line, tuple) else (line, text)
            self.text(x + w / 2, top + i * 15, words, kind, "middle")

    def text(self, x, y, words, kind="", anchor="start", ink="ink"):
        """Words whose base line is at y"""
        self.parts.append(
            f'<text class="{ink} {kind}" x="{x:g}" y="{y:g}" '
            f'text-anchor="{anchor}">{escape(words)}</text>')

    def upright(self, x, y, words, kind=""):
        """Words from below to above, around a point"""
        self.parts.append(
            f'<text class="faint {kind}" transform="translate({x:g} {y:g}) '
            f'rotate(-90)" text-anchor="middle">{escape(words)}</text>')

    def line(self, *points, kind="line", ink="faint"):
        """A line from point to point"""
        path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
        self.parts.append(f'<path class="{kind} {ink}" d="{path}"/>')

    def shade(self, role, *corners):
        """A faint area behind what comes later, to lead the eye"""
        path = "M" + "L".join(f"{x:g} {y:g}" for x, y in corners) + "Z"
        self.parts.append(f'<path class="shade {role}" d="{path}"/>')

    def arrow(self, *points, ink="faint"):
        """The same, with a tip at the last point; its last stretch is upright
        or level"""
        (x1, y1), (x, y) = points[-2:]
        dx = (x > x1) - (x < x1)
        dy = (y > y1) - (y < y1)
        self.line(*points[:-1], (x - 6 * dx, y - 6 * dy), ink=ink)
        ends = [(x - 8 * dx + 4 * dy * side, y - 8 * dy + 4 * dx * side)
                for side in (1, -1)]
        path = "L".join(f"{a:g} {b:g}" for a, b in [(x, y), *ends])
        self.parts.append(f'<path class="{ink} tip" d="M{path}Z"/>')

    def write(self, dark=None):
        """The image: for whatever page, or (dark is set) for one kind"""
        width, height = self.size
        if dark is None:
            css = (rules(0) + "\n@media (prefers-color-scheme: dark) {\n" +
                   rules(1) + "\n}")
        else:
            css = rules(1 if dark else 0)
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(self.title)}</title>",
            f"<style>\n{STYLE}{css}\n</style>",
            f'<rect class="page" width="{width}" height="{height}" rx="6"/>',
            *self.parts, "</svg>", ""])
