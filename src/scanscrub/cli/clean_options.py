"""The options that `clean` alone takes."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scanscrub.cli.options import OutputFormat


class Form(StrEnum):
    dicom = "dicom"
    png = "png"


class Purpose(StrEnum):
    chatbot = "chatbot"


class Unlisted(StrEnum):
    refuse = "refuse"
    make = "make"


class Sort(StrEnum):
    patient = "patient"
    flat = "flat"


class ExecutorName(StrEnum):
    serial = "serial"
    processes = "processes"
    dask = "dask"


Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="DIR",
        help="A new or empty folder for the copies. Default: PATH-clean, beside PATH.",
    ),
]
As = Annotated[
    Form | None,
    typer.Option(
        "--as",
        help="Write picture files as DICOM (Secondary Capture), or all images as PNG. By default a copy keeps its "
        "input's format.",
    ),
]
PurposeOption = Annotated[
    Purpose | None,
    typer.Option(
        "--for",
        help="Also make the folder for-chatbot/: PNGs of each series in anatomical order, a contact sheet and a "
        "description. Example: --for chatbot",
    ),
]
Key = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="The same key gives the same pseudonyms. Without a key, each run has new ones."
    ),
]
CrosswalkFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Write the old and new IDs to this folder, and the names of all files to files.csv there. Keep the "
        "folder secret.",
    ),
]
ReviewFile = Annotated[
    Path | None,
    typer.Option(
        "--review",
        metavar="FILE",
        help="Apply the decisions of a review: masks added and masks removed. Example: --review review.json",
    ),
]
Pseudonyms = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Your own subject IDs: a CSV file with the columns id_old and id_new. Keep it secret. Example: "
        "--pseudonyms trial.csv",
    ),
]
UnlistedOption = Annotated[
    Unlisted,
    typer.Option(
        help="With --pseudonyms: refuse a file whose patient ID is not listed, or make a pseudonym for it. "
        "Example: --pseudonyms trial.csv --unlisted make"
    ),
]
SortOption = Annotated[
    Sort,
    typer.Option(
        help="Sort copies into folders by patient, study and series, or put all into one folder. Example: --sort flat"
    ),
]
Jobs = Annotated[
    int, typer.Option("-j", "--jobs", min=0, metavar="N", help="Number of worker processes. 0 chooses it.")
]
TimeoutPerFile = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        help="Refuse a file that takes longer than S seconds: its worker is ended, and the others go on.",
    ),
]
MaxFailures = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Stop after N files that could not be cleaned. Finished copies stay."),
]
LogFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Append events as JSON lines, without patient data or names. Example: --log-file run.jsonl",
    ),
]
ExecutorOption = Annotated[
    ExecutorName | None,
    typer.Option(
        help="How the work is run; by default serial or processes, as it fits. dask needs the extra \\[dask] and TCP "
        "on this machine."
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="With --executor dask: use the cluster at tcp://host:port (or tls://). All workers must reach every "
        "file by the same path. The key, paths and, from shared folders, the images travel over that network; "
        "you have to set up its TLS.",
    ),
]
Format = Annotated[OutputFormat, typer.Option("-f", "--format", help="Format of the results on stdout.")]
Dicomdir = Annotated[bool, typer.Option("--dicomdir", help="Write a new DICOMDIR for the copies.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Continue an earlier run, with the same options, and --key if it had one.")
]
DryRun = Annotated[bool, typer.Option("-n", "--dry-run", help="Show what would be done; write nothing.")]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask for confirmation.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Show only problems.")]
ShowNames = Annotated[
    bool,
    typer.Option(
        "--show-names",
        help="Add the path of each file to the lines on the terminal. A path may identify a patient, so do not "
        "use this where others can read it. Example: scanscrub clean cd/ -o clean/ --show-names",
    ),
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Show what was done to each file.")]
Color = Annotated[bool | None, typer.Option("--color/--no-color", help="Use colors. Default: on a terminal.")]
