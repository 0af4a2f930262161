"""Names that a program wrote in another alphabet: hexadecimal, base64, rot13."""

import binascii
import re
from codecs import encode
from collections.abc import Iterator

from scanscrub.domain.text import remembered
from scanscrub.policy.tables.vocabulary import Standing, standing
from scanscrub.policy.text.person_names import is_called, is_name

_TOKEN = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
_WORD = re.compile(r"[A-Za-z]{5,}")
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){5,}")
_A_NAME = re.compile(rb"[A-Za-z][A-Za-z^ ,.'-]{4,}")


@remembered
def holds_encoded_name(text: str) -> bool:
    """Whether a run of characters is letters in disguise. By chance one unlisted word in ten thousand is."""
    decoded = (bytes_ for token in _TOKEN.findall(text) for bytes_ in _decoded(token))
    if any(_A_NAME.fullmatch(bytes_) for bytes_ in decoded):
        return True
    unknown = (word for word in _WORD.findall(text) if standing(word) is Standing.UNKNOWN and not is_name(word))
    return any(is_called(encode(word, "rot13")) for word in unknown)


def _decoded(token: str) -> Iterator[bytes]:
    if _HEXADECIMAL.fullmatch(token):
        yield bytes.fromhex(token)
    if len(token) % 4 == 0:
        try:
            yield binascii.a2b_base64(token, strict_mode=True)
        except binascii.Error:
            return
