"""``report.html``: one page without network, scripts or patient values, for a patient and for an engineer.

Pictures are inline; a content security policy forbids everything else. The page is written record by record, so
that ten thousand files need no more memory than the pictures of one.
"""

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import TextIO

from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.report.page import words
from scanscrub.report.page.card import badge, card, checks_passed, header_steps, link, mask_steps
from scanscrub.report.places import most_in_a_frame, places
from scanscrub.report.review import SplitStudies, check_name, not_searched

CARDS = 300
"""So many files get a card with a picture, those to look at and the masked ones first; the others a table row."""

FRAMES = 8
"""Of a file with many pictures, so many are shown."""
FURTHER = 200
"""So many pictures are shown beside the first one of each file; what comes after them is shown by its first one."""

_PUBLISHED = (Status.REVIEW, Status.CLEAN, Status.PLANNED)


def write_html(
    records: Sequence[AuditRecord], preview: Callable[[AuditRecord, int], Mapping[int, bytes]], stream: TextIO
) -> None:
    """Write the page. `preview` gives at most so many pictures of a record's copy, by frame, as PNG or JPEG."""
    published = sorted((record for record in records if record.status in _PUBLISHED), key=_order)
    absent = sorted(
        (record for record in records if record.status not in _PUBLISHED),
        key=lambda record: (record.status is Status.IGNORED, record.input_ref.number),
    )
    unsearched = sum(map(not_searched, published))
    counts = Counter(record.status for record in records)
    warning = SplitStudies(record.output_name for record in published).warning
    left = any(record.text == "identifying" for record in published)
    to_do = words.STILL_TO_DO_AND_LEFT if left else words.STILL_TO_DO
    to_do = f"{to_do} {warning}".rstrip()
    stream.write(_head(counts, words.what_we_did(unsearched, len(published), left=left), to_do))
    stream.write(_absent(absent))
    if published:
        title = words.COPIES if unsearched else words.CLEAN_COPIES
        stream.write(f'<section aria-labelledby="copies"><h2 id="copies">{title}</h2>\n')
    further = FURTHER
    for record in published[:CARDS]:
        pictures = preview(record, 1 + min(FRAMES - 1, further))
        further -= max(len(pictures) - 1, 0)
        stream.write(card(record, pictures) + "\n")
    if published:
        stream.write("</section>\n")
    stream.write(_rest(published[CARDS:]))
    stream.write(_foot(records))


def _order(record: AuditRecord) -> tuple[int, bool, int]:
    return _PUBLISHED.index(record.status), not mask_steps(record), record.input_ref.number


def _head(counts: Counter[Status], done: str, to_do: str) -> str:
    style = files("scanscrub.report.page").joinpath("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    tiles = "".join(
        f'<li class="{words.TONE[status]}"><b>{counts[status]:,}</b> {words.STATUS[status].lower()}</li>'
        for status in words.STATUS
        if counts[status]
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>scanscrub report</title>
<style>{style}</style>
</head>
<body>
<header>
<p class="brand">scanscrub report</p>
<h1>{words.summary(counts)}</h1>
<ul class="tiles">{tiles}</ul>
<div class="advice">
<section><h2>What we did</h2><p>{done}</p></section>
<section class="todo"><h2>What you should still do</h2><p>{to_do}</p></section>
</div>
</header>
<main>
"""


def _absent(records: Sequence[AuditRecord]) -> str:
    """The files without a copy, gathered by reason."""
    groups: defaultdict[tuple[Status, str, str], list[AuditRecord]] = defaultdict(list)
    for record in records:
        reason, hint = words.WITHOUT_REFUSAL[record.status]
        if record.refusal is not None:
            reason, hint = record.refusal.reason, record.refusal.hint
        groups[record.status, reason, hint].append(record)
    if not groups:
        return ""
    rows = "".join(_absent_row(group, reason, hint) for (_, reason, hint), group in groups.items())
    title = '<section aria-labelledby="absent"><h2 id="absent">Not in the folder</h2>'
    return f'{title}\n<p>{words.NUMBERS}</p>\n<ul class="absent">{rows}</ul></section>\n'


def _absent_row(group: Sequence[AuditRecord], reason: str, hint: str) -> str:
    numbers = ", ".join(str(record.input_ref.number) for record in group)
    title = f"File {numbers}" if len(group) == 1 else words.plural(len(group), "file")
    listed = "" if len(group) == 1 else f"<details><summary>Their numbers</summary><p>{numbers}</p></details>"
    failed = Counter(check_name(record, check) for record in group for check in record.checks if not check.passed)
    checks = "".join(f"<p>Check not passed: {escape(name)} ({times:,}).</p>" for name, times in failed.items())
    return (
        f"<li>{badge(group[0])} <b>{title}</b><p>{escape(reason)}</p>"
        f'<p class="hint">{escape(hint)}</p>{checks}{listed}</li>\n'
    )


def _rest(records: Sequence[AuditRecord]) -> str:
    if not records:
        return ""
    rows = "".join(
        f'<tr id="file-{record.input_ref.number}"><td>{record.input_ref.number}</td><td>{badge(record)}</td>'
        f"<td>{link(record)}</td><td>{most_in_a_frame(places(record.steps))}</td><td>{len(header_steps(record))}</td>"
        f"<td>{checks_passed(record)}</td></tr>\n"
        for record in records
    )
    heads = "".join(
        f'<th scope="col">{name}</th>' for name in ("File", "State", "Copy", "Covered", "Other changes", "Checks")
    )
    title = words.plural(len(records), "more file")
    return f"""<section aria-labelledby="rest"><h2 id="rest">{title}</h2>
<p>{words.NOT_SHOWN}</p>
<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>
{rows}</tbody></table></div></section>
"""


def _foot(records: Sequence[AuditRecord]) -> str:
    profiles = sorted({record.profile for record in records if record.profile})
    tools = sorted({record.tool for record in records if record.tool})
    lines = [
        words.INTRODUCTION,
        words.NOTHING_SENT,
        *(f"Profile: {name}" for name in profiles),
        *(f"Made by {tool}" for tool in tools),
    ]
    return "</main>\n<footer>" + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</footer>\n</body>\n</html>\n"
