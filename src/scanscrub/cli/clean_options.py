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
        help="Where the clean copies go: a new or empty folder. Without: PATH-clean, beside PATH.",
    ),
]
As = Annotated[
    Form | None,
    typer.Option(
        "--as",
        help="Write pictures as DICOM (Secondary Capture), or every image as PNG; by default each copy keeps its "
        "input's format.",
    ),
]
PurposeOption = Annotated[
    Purpose | None,
    typer.Option(
        "--for",
        help="Also make pictures for that purpose, in for-chatbot/ below the output: PNGs numbered in the order of "
        "the body, a contact sheet of each series, and what may be said of it. Example: --for chatbot",
    ),
]
Key = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Same key, same pseudonyms. Without: new ones each run.")
]
CrosswalkFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Write old and new ids there, and in files.csv the name of every file, with or without a copy. Keep "
        "that folder secret.",
    ),
]
ReviewFile = Annotated[
    Path | None,
    typer.Option(
        "--review",
        metavar="FILE",
        help="Replay what a person decided of an earlier run's copies: places to be masked, masks to be taken away. "
        "Example: --review review.json",
    ),
]
Pseudonyms = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Your own patient ids: a CSV file with the columns id_old and id_new. Keep it secret. Example: "
        "--pseudonyms trial.csv",
    ),
]
UnlistedOption = Annotated[
    Unlisted,
    typer.Option(
        help="With --pseudonyms: a file whose patient id is not listed is refused, or gets a made pseudonym. "
        "Example: --pseudonyms trial.csv --unlisted make"
    ),
]
SortOption = Annotated[
    Sort,
    typer.Option(help="Copies in folders of patient, study and series, or all in one folder. Example: --sort flat"),
]
Jobs = Annotated[int, typer.Option("-j", "--jobs", min=0, metavar="N", help="Worker processes; 0: a fitting number.")]
TimeoutPerFile = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        help="Refuse a file that takes longer than so many seconds, end its worker, and go on with the others.",
    ),
]
MaxFailures = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Stop when so many files could not be cleaned; finished copies stay there."
    ),
]
LogFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Append what happens, as JSON lines without values and names. Example: --log-file run.jsonl",
    ),
]
ExecutorOption = Annotated[
    ExecutorName | None,
    typer.Option(
        help="How the work is run; by default as it fits. dask is the extra \\[dask], and needs TCP on this machine."
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="With --executor dask: the cluster at tcp://host:port (or tls://) instead of this machine. All its "
        "workers must reach every file by the same path. The key of the pseudonyms, paths and, from shared "
        "folders, the images travel on that network; its TLS is yours to set up.",
    ),
]
Format = Annotated[OutputFormat, typer.Option("-f", "--format", help="What goes to stdout.")]
Dicomdir = Annotated[bool, typer.Option("--dicomdir", help="Write a new DICOMDIR over the clean copies.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with an earlier run; needs its options, and --key if it had one.")
]
DryRun = Annotated[bool, typer.Option("-n", "--dry-run", help="Say what would be done; write nothing.")]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Ask no question.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Only what went wrong.")]
ShowNames = Annotated[
    bool,
    typer.Option(
        "--show-names",
        help="Say in the lines on the terminal which file each is about. Its name may be a patient's: not for "
        "what others read. Example: scanscrub clean cd/ -o clean/ --show-names",
    ),
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="What was done to each file.")]
Color = Annotated[bool | None, typer.Option("--color/--no-color", help="Colors; by default on a terminal.")]
