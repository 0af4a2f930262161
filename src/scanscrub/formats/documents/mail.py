"""Mail, mailboxes and web pages saved as one file (RFC 5322, RFC 4155, MHTML): what is attached to them."""

import io
import re
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from typing import Final

from scanscrub.archives.member import ArchiveMember
from scanscrub.domain.errors import NotLookedInto

_HEADER: Final = re.compile(
    rb"\s{0,8}(?:From |(?:From|To|Cc|Subject|Date|Received|Return-Path|Delivered-To|Message-ID|MIME-Version"
    rb"|Content-Type|Reply-To|Sender|Snapshot-Content-Location|DKIM-Signature|ARC-Seal|X-[\w-]{1,60})[ \t]?:)",
    re.IGNORECASE,
)
_ATTACHES: Final = re.compile(rb"^content-(?:transfer-encoding|type)\s{0,4}:", re.IGNORECASE | re.MULTILINE)
_NEXT: Final = re.compile(rb"^From [^\r\n]{1,200}\r?\n(?=[\w-]{1,60}:)", re.MULTILINE)
_MOST_PARTS: Final = 10_000


def is_mail(data: bytes) -> bool:
    """Whether a text is a message that may have something attached."""
    return _HEADER.match(data) is not None and _ATTACHES.search(data) is not None


def attachments(data: bytes) -> Iterator[ArchiveMember]:
    """What the messages hold beside their text. Raises `NotLookedInto` where there is too much."""
    number = 0
    for message in _messages(data):
        for part in BytesParser(policy=policy.compat32).parsebytes(message).walk():
            if part.is_multipart():
                continue
            number += 1
            if number > _MOST_PARTS:
                raise NotLookedInto("The mailbox has more parts than can be read safely.", "Look at it by itself.")
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content:
                yield ArchiveMember(f"part {number}", io.BytesIO(content))


def _messages(data: bytes) -> Iterator[bytes]:
    starts = [found.start() for found in _NEXT.finditer(data)]
    if not starts:
        yield data
        return
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        yield data[data.index(b"\n", start) + 1 : end]
