"""Names that a program wrote in another code: percent signs, entities, base64, hexadecimal, rot13."""

import re
from codecs import encode

from scanscrub.domain.text import remembered
from scanscrub.policy.identifiers.readings import readings
from scanscrub.policy.tables.vocabulary import Standing, standing
from scanscrub.policy.text.person_names import is_called, is_name

_WORD = re.compile(r"[A-Za-z]{5,}")
_A_NAME = re.compile(r"[A-Za-z][A-Za-z^ ,.'-]{4,}")


@remembered
def holds_encoded_name(text: str) -> bool:
    """Whether a run of characters is letters in disguise. By chance one unlisted word in ten thousand is."""
    if any(_A_NAME.fullmatch(line) for reading in readings(text) for line in reading.splitlines()):
        return True
    unknown = (word for word in _WORD.findall(text) if standing(word) is Standing.UNKNOWN and not is_name(word))
    return any(is_called(encode(word, "rot13")) for word in unknown)
