"""Small PDFs of text, pictures and fields, written as plainly as the format allows."""

from collections.abc import Sequence
from typing import TypeAlias

Line: TypeAlias = tuple[int, int, int, str]
"""Points from the left and from the bottom, the size of the letters, and the text."""


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (entries, len(content), content)


def drawn(lines: Sequence[Line]) -> bytes:
    """What a page's content says to show these lines."""
    shown = (
        b"BT /F1 %d Tf %d %d Td (%b) Tj ET" % (size, left, up, text.encode("cp1252").replace(b"(", b"\\("))
        for left, up, size, text in lines
    )
    return b"\n".join(shown)


def pdf(
    *pages: Sequence[Line] | bytes,
    size: tuple[float, float] = (230, 100),
    info: bytes = b"",
    extra: Sequence[bytes] = (),
    of_pages: bytes = b"",
    root: bytes = b"",
    trailer: bytes = b"",
) -> bytes:
    """A PDF of these pages, of lines or of what their content says; `extra` are objects from number 4 on, to which
    the other texts refer.
    """
    objects = [b"", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>", *extra]
    kids = []
    for lines in pages:
        objects.append(stream(lines if isinstance(lines, bytes) else drawn(lines)))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %f %f] /Contents %d 0 R %b >>"
            % (*size, len(objects), of_pages or b"/Resources << /Font << /F1 3 0 R >> >>")
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R %b >>" % root
    objects[1] = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b" ".join(kids), len(kids))
    if info:
        objects.append(info)
        trailer += b" /Info %d 0 R" % len(objects)
    return assembled(objects, trailer)


def assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    whole, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    xref = b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, table)
    end = b"trailer << /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (count, trailer, len(whole))
    return whole + xref + end
