"""A mail as parts, from which it is made twice: as HTML and as plain text that says the same."""

from dataclasses import dataclass
from html import escape

from pipeline import mails

BAR_PIXELS = 260
BAR_LETTERS = 30
COLOUR = "#3b6fd4"


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bars:
    """A chart: label, length relative to the longest, and the figure in words. Made of table cells, because readers of
    mails show neither drawings nor, before somebody allows it, pictures."""

    title: str
    rows: tuple[tuple[str, float, str], ...]


Part = Heading | Paragraph | Table | Bars


def as_html(parts: list[Part]) -> str:
    return f'<div style="font-family:Arial,sans-serif;max-width:800px">{"".join(map(_html, parts))}</div>'


def as_text(parts: list[Part]) -> str:
    return "\n\n".join(map(_text, parts)) + "\n"


def _html(part: Part) -> str:
    match part:
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Paragraph(text):
            return mails.paragraph(text)
        case Table(head, rows):
            return mails.table(rows, head)
        case Bars(title, rows):
            lines = "".join(
                f"<tr><td>{escape(label)}</td><td>{_bar(width)}</td><td align=right>{escape(figure)}</td></tr>"
                for (label, _, figure), width in zip(rows, _lengths(rows, BAR_PIXELS), strict=True)
            )
            return f"<h4>{escape(title)}</h4><table cellpadding=3>{lines}</table>"


def _bar(pixels: int) -> str:
    if pixels == 0:
        return ""
    return f'<table cellpadding=0 cellspacing=0><tr><td bgcolor="{COLOUR}" width={pixels} height=12></td></tr></table>'


def _text(part: Part) -> str:
    match part:
        case Heading(text):
            return f"{text}\n{'=' * len(text)}"
        case Paragraph(text):
            return text
        case Table(head, rows):
            return _columns([head, *rows])
        case Bars(title, rows):
            bars = ("#" * length for length in _lengths(rows, BAR_LETTERS))
            lines = [(label, bar, figure) for (label, _, figure), bar in zip(rows, bars, strict=True)]
            return f"{title}\n{_columns(lines)}"


def _columns(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _lengths(rows: tuple[tuple[str, float, str], ...], longest: int) -> list[int]:
    """Something above nothing is seen as something; what is below nothing has no length."""
    top = max((value for _, value, _ in rows), default=0)
    return [max(1, round(value / top * longest)) if value > 0 else 0 for _, value, _ in rows]
