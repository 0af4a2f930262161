"""Keyed digests by which an audit tells what was replayed: nobody without the key can match them to an original."""

from typing import Final

from scanscrub.domain.review.decided import Review
from scanscrub.policy.pixels.review_file import review_to_text
from scanscrub.policy.pseudonyms.pseudonyms import keyed_digest

_DIGITS: Final = 12


def review_mark(review: Review, key: bytes) -> str:
    """What tells one review from another; empty for one that decides nothing."""
    return keyed_digest(key, f"review {review_to_text(review)}").hex()[:_DIGITS] if review.files else ""


def entry_mark(sha256: str, key: bytes) -> str:
    """What an input's entry is known by in the audit."""
    return keyed_digest(key, f"reviewed input {sha256}").hex()[:_DIGITS]
