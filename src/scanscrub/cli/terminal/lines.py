"""Lines on a terminal end between words, not where its edge is."""

import io
import os
import textwrap
from typing import Final, TextIO

_NARROWEST: Final = 20
_CURSOR: Final = ("\r", "\b")


def columns_of(stream: TextIO) -> int:
    """How wide the terminal is that a stream leads to; 0 where it leads to none, or to one that does not say."""
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0


def by_words(text: str, columns: int, indent: str = "") -> str:
    """The text in lines of so many columns at most; 0: as it is. Words that are longer stay whole.

    What goes on in a further line is indented as its first one, or by `indent` more, or behind its dash.
    """
    if columns < _NARROWEST or any(each in text for each in _CURSOR):
        return text
    return "\n".join(_line_by_words(line, columns, indent) for line in text.split("\n"))


def _line_by_words(line: str, columns: int, indent: str) -> str:
    if len(line) <= columns:
        return line
    bare = line.lstrip(" ")
    hanging = " " * (len(line) - len(bare)) + ("  " if bare.startswith("- ") else indent)
    wrapped = textwrap.wrap(
        line,
        columns,
        subsequent_indent=hanging if len(hanging) < columns // 2 else "",
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )
    return "\n".join(wrapped) or line


class TerminalText(io.TextIOWrapper):
    """A stream whose lines end between words where it leads to a terminal; each write has whole lines."""

    def write(self, text: str, /) -> int:
        super().write(by_words(text, columns_of(self)))
        return len(text)
