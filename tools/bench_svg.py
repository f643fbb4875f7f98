# SPDX-License-Identifier: MIT
"""Pictures of the benchmark as SVG text: bars against native, histograms, lines, stacks."""
import html
import math

WIDTH, LABELS, RIGHT, TOP, ROW = 860, 300, 60, 56, 22
INK, FAINT, GOOD, BAD, SECOND = "#24292f", "#d0d7de", "#1a7f64", "#cf222e", "#8c959f"
PALETTE = ("#1a7f64", "#0550ae", "#bf8700", "#8250df", "#bc4c00", "#57606a", "#8c959f")
FONT = "font-family='Helvetica,Arial,sans-serif'"


class Picture:
    """Elements on a white sheet."""

    def __init__(self, height, title):
        self.height, self.parts = height, []
        self.text(12, 22, title, size=15, weight="bold")

    def text(self, x, y, words, **style):
        size, fill = style.get("size", 12), style.get("fill", INK)
        self.parts.append(f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' fill='{fill}' "
                          f"text-anchor='{style.get('anchor', 'start')}' "
                          f"font-weight='{style.get('weight', 'normal')}'>{html.escape(words)}</text>")

    def box(self, x, y, size, fill):
        self.parts.append(f"<rect x='{x:.1f}' y='{y:.1f}' width='{max(size[0], 0.5):.1f}' "
                          f"height='{size[1]:.1f}' fill='{fill}'/>")

    def line(self, start, end, stroke=FAINT, width=1):
        self.parts.append(f"<line x1='{start[0]:.1f}' y1='{start[1]:.1f}' x2='{end[0]:.1f}' "
                          f"y2='{end[1]:.1f}' stroke='{stroke}' stroke-width='{width}'/>")

    def __str__(self):
        return (f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{self.height}' "
                f"viewBox='0 0 {WIDTH} {self.height}' {FONT}>\n"
                f"<rect width='{WIDTH}' height='{self.height}' fill='white'/>\n"
                + "\n".join(self.parts) + "\n</svg>\n")


def steps(most, count=5):
    """Round numbers from 0 to a little more than the greatest."""
    rough = most / count
    unit = 10 ** math.floor(math.log10(rough))
    unit *= next(n for n in (1, 2, 2.5, 5, 10) if n * unit >= rough)
    return [n * unit for n in range(int(most / unit) + 2)]


def above(value, limit):
    """True if a ratio is above its limit, if it has one, in the digits that are shown."""
    return bool(value and limit) and round(value, 3) > limit


def ratios(title, rows):
    """Bars against native; rows: label, ratios (instructions, cycles or None), limit or None."""
    height = TOP + len(rows) * ROW + 34
    picture = Picture(height, title)
    most = max([1.0] + [value for _, pair, limit in rows for value in (*pair, limit) if value])
    marks = steps(most * 1.02)
    scale = (WIDTH - LABELS - RIGHT) / marks[-1]
    for mark in marks:
        x = LABELS + mark * scale
        picture.line((x, TOP - 6), (x, height - 26))
        picture.text(x, height - 10, f"{mark:g}", anchor="middle", size=11)
    picture.text(12, 42, "native = 1; upper bar: instructions, lower: estimated cycles; "
                 "black tick: the limit; red: above it", size=11, fill=SECOND)
    for n, (label, pair, limit) in enumerate(rows):
        y = TOP + n * ROW
        picture.text(LABELS - 8, y + 14, label, anchor="end")
        present = [value for value in pair if value]
        for k, value in enumerate(present):
            picture.box(LABELS, y + 2 + k * 9, (value * scale, 8 if len(present) > 1 else 15),
                        BAD if above(value, limit) else (GOOD, SECOND)[k])
        if present:
            picture.text(LABELS + max(present) * scale + 4, y + 14, f"{present[0]:.3g}", size=11)
        if limit:
            x = LABELS + limit * scale
            picture.line((x, y + 1), (x, y + 19), INK, 2)
    x = LABELS + scale
    picture.line((x, TOP - 6), (x, height - 26), INK)
    return str(picture)


def histogram(title, words, pairs, limit):
    """A histogram with a logarithmic height; pairs: value, count."""
    left, right, height, bottom, columns = 70, 30, 340, 44, 90
    picture = Picture(height, title)
    picture.text(12, 42, words, size=11, fill=SECOND)
    low, high = pairs[0][0], max(pairs[-1][0], limit)
    width = max(1, math.ceil((high + 1 - low) / columns))
    counts = {}
    for value, count in pairs:
        counts[(value - low) // width] = counts.get((value - low) // width, 0) + count
    top, tall = math.log10(max(counts.values())) + 0.3, height - TOP - bottom

    def at(value):
        return left + (value - low) / (high + 1 - low) * (WIDTH - left - right)

    def rise(count):
        return (math.log10(count) + 0.3) / (top + 0.3) * tall
    for power in range(int(top) + 1):
        y = height - bottom - rise(10 ** power)
        picture.line((left, y), (WIDTH - right, y))
        picture.text(left - 6, y + 4, f"{10 ** power:,}", anchor="end", size=11)
    for column, count in counts.items():
        start, late = low + column * width, low + column * width > limit
        picture.box(at(start), height - bottom - rise(count),
                    (at(start + width) - at(start) - 0.5, rise(count)), BAD if late else GOOD)
    for mark in steps(high):
        if low <= mark <= high:
            picture.text(at(mark), height - bottom + 16, f"{mark:,.0f}", anchor="middle", size=11)
    picture.line((at(limit), TOP - 6), (at(limit), height - bottom), INK, 2)
    picture.text(at(limit), height - 8, f"limit {limit:,}", anchor="middle", size=11)
    return str(picture)


def lines(title, words, points, limit):
    """Values over a doubling number; points: number, value."""
    left, right, height, bottom = 70, 30, 300, 40
    picture = Picture(height, title)
    picture.text(12, 42, words, size=11, fill=SECOND)
    marks = steps(max(limit, *(value for _, value in points)) * 1.05)
    wide, tall = WIDTH - left - right, height - TOP - bottom

    def at(number, value):
        across = math.log2(number) / max(1, math.log2(points[-1][0]))
        return left + across * wide, height - bottom - value / marks[-1] * tall
    for mark in marks:
        picture.line(at(1, mark), at(points[-1][0], mark))
        picture.text(left - 6, at(1, mark)[1] + 4, f"{mark:g}", anchor="end", size=11)
    picture.line(at(1, limit), at(points[-1][0], limit), BAD)
    for (a, b), (c, d) in zip(points, points[1:]):
        picture.line(at(a, b), at(c, d), GOOD, 2)
    for number, value in points:
        x, y = at(number, value)
        picture.box(x - 3, y - 3, (6, 6), GOOD)
        picture.text(x, height - bottom + 16, str(number), anchor="middle", size=11)
        picture.text(x, y - 8, f"{value:.3g}", anchor="middle", size=11)
    return str(picture)


def stacks(title, words, bars):
    """A bar of parts for each label, with its sum; bars: label, values by the name of the part."""
    left, tall = 130, 30
    names = list(dict.fromkeys(name for _, values in bars for name in values))
    colours = {name: PALETTE[n % len(PALETTE)] for n, name in enumerate(names)}
    picture = Picture(TOP + 30 + len(bars) * (tall + 12) + 30, title)
    picture.text(12, 42, words, size=11, fill=SECOND)
    x = 12
    for name in names:
        picture.box(x, TOP + 2, (10, 10), colours[name])
        picture.text(x + 14, TOP + 11, name, size=11)
        x += 30 + 6 * len(name)
    marks = steps(max(sum(values.values()) for _, values in bars))
    scale = (WIDTH - left - RIGHT - 40) / marks[-1]
    for mark in marks:
        picture.line((left + mark * scale, TOP + 24), (left + mark * scale, picture.height - 26))
        picture.text(left + mark * scale, picture.height - 10, f"{mark:,.0f}", anchor="middle", size=11)
    for n, (label, values) in enumerate(bars):
        x, y = left, TOP + 30 + n * (tall + 12)
        picture.text(left - 8, y + 19, label, anchor="end")
        for name, value in values.items():
            picture.box(x, y, (value * scale, tall), colours[name])
            x += value * scale
        picture.text(x + 4, y + 19, f"{sum(values.values()):,}", size=11)
    return str(picture)
