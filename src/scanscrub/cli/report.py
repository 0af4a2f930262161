"""``scanscrub report``: the audit again, in another form."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import scanscrub
from scanscrub.cli.terminal.console import guarded_streams

EXAMPLE = "Example: scanscrub report clean/audit.jsonl -f csv"


class ReportFormat(StrEnum):
    text = "text"
    html = "html"
    json = "json"
    csv = "csv"
    sarif = "sarif"


def report(
    audit: Annotated[Path, typer.Argument(metavar="AUDIT", help="An audit.jsonl, or the folder that contains it.")],
    format_option: Annotated[ReportFormat, typer.Option("-f", "--format", help="Output format.")] = ReportFormat.text,
) -> None:
    """Print an audit as text, HTML, JSON, CSV or SARIF."""
    with guarded_streams(for_people=format_option is ReportFormat.text) as (stdout, _):
        from scanscrub.report.audit import csv_table, json_array  # noqa: PLC0415 - not for --help
        from scanscrub.report.audit import sarif as audit_sarif  # noqa: PLC0415 - the same
        from scanscrub.report.audit import text as audit_text  # noqa: PLC0415 - the same
        from scanscrub.report.page.folder import Previews  # noqa: PLC0415 - the same
        from scanscrub.report.page.html import write_html  # noqa: PLC0415 - the same

        records = scanscrub.read_audit(audit)
        folder = audit if audit.is_dir() else audit.parent
        match format_option:
            case ReportFormat.html:
                write_html(records, Previews(folder), stdout)
            case ReportFormat.text:
                audit_text.write(records, stdout)
            case ReportFormat.json:
                json_array.write(records, stdout)
            case ReportFormat.csv:
                csv_table.write(records, stdout)
            case ReportFormat.sarif:
                audit_sarif.write(records, stdout)
