"""``scanscrub doctor``: engines, codecs and models; what is missing, and the one command that installs it."""

import platform
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

import scanscrub
from scanscrub import ExitCode
from scanscrub.cli.terminal.console import guarded_streams
from scanscrub.offline.trial import try_layers
from scanscrub.report import network_words

if TYPE_CHECKING:
    from scanscrub import EngineState, Installation, PackageState

EXAMPLE = "Example: scanscrub doctor"
_EXTRAS = {"openvino": "openvino", "distributed": "distributed cryptography"}
"""What is installed for each."""
"""The extra that brings each package."""


def doctor() -> None:
    """Show what works on this machine, what is missing, and how to install it.

    Exit 5 if something is missing that every run needs.
    """
    with guarded_streams() as (stdout, _):
        found = scanscrub.examine_installation()
        stdout.write("\n".join(_told(found)) + "\n")
    raise typer.Exit(ExitCode.MISSING_DEPENDENCY if found.missing else ExitCode.OK)


def _told(found: "Installation") -> Iterator[str]:
    yield f"scanscrub {scanscrub.__version__} on Python {platform.python_version()}, {platform.system()}"
    yield "\nText detectors"
    for engine in found.engines:
        yield from _engine(engine)
    yield "\nCodecs"
    for codec in found.codecs:
        yield f"  {_mark(is_there=bool(codec.version))}{codec.name} {codec.version or ''}: {codec.purpose}"
        if codec.version is None:
            yield f"        to install: pip install {codec.name}"
    for extra in found.extras:
        yield from _extra(extra)
    yield "\nNothing is sent (tried just now)"
    yield from (f"  {line}" for line in network_words.of_this_process(try_layers()))


def _engine(engine: "EngineState") -> Iterator[str]:
    yield f"  {_mark(is_there=not engine.missing)}{engine.name}{' (default)' if engine.is_default else ''}"
    for model, digest_ok in engine.models:
        yield f"        {model}: {'digest ok' if digest_ok else 'digest WRONG: it will not be loaded'}"
    yield from (f"        missing: {lack}" for lack in engine.missing)
    if engine.missing:
        yield f"        {_to_install(engine.install_command)}"


def _extra(extra: "PackageState") -> Iterator[str]:
    yield f"\n{extra.purpose.capitalize()}"
    if extra.version:
        yield f"  ok  {extra.name} {extra.version}"
    else:
        yield f"  no  {extra.name}"
        yield f"        {_to_install(f'pip install {_EXTRAS[extra.name]}')}"


def _to_install(command: str) -> str:
    """How to get what is missing; pip adds nothing to the one-file program."""
    return "not in the one-file program" if getattr(sys, "frozen", False) else f"to install: {command}"


def _mark(*, is_there: bool) -> str:
    return "ok  " if is_there else "no  "
