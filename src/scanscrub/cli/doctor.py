"""``scanscrub doctor``: engines, codecs and models; what is missing, and the one command that installs it."""

import platform

import typer

import scanscrub
from scanscrub.cli.console import guarded_streams
from scanscrub.domain.errors import ExitCode
from scanscrub.offline.trial import held
from scanscrub.report import network_words

EXAMPLE = "Example: scanscrub doctor"

CODECS = (
    ("pylibjpeg-openjpeg", "JPEG 2000, HTJ2K"),
    ("pylibjpeg-rle", "RLE"),
    ("pyjpegls", "JPEG-LS"),
    ("pillow", "JPEG, PNG, TIFF, GIF, BMP, WebP"),
)


def doctor() -> None:
    """Say what works on this machine, what does not, and which command installs what is missing."""
    missing: list[str] = []
    with guarded_streams() as (stdout, _):
        from scanscrub.api.engines import DEFAULT, ENGINES  # noqa: PLC0415 - loads numpy

        stdout.write(
            f"scanscrub {scanscrub.__version__} on Python {platform.python_version()}, {platform.system()}\n"
        )
        stdout.write("\nText detectors\n")
        for name, engine in ENGINES.items():
            lacks = engine.missing()
            default = " (default)" if name in DEFAULT else ""
            stdout.write(f"  {'ok  ' if not lacks else 'no  '}{name}{default}\n")
            for model in engine.models():
                if model.path is None:
                    continue  # its package is named below as missing
                state = "digest ok" if model.digest_ok else "digest WRONG: it will not be loaded"
                stdout.write(f"        {model.name}: {state}\n")
            for lack in lacks:
                stdout.write(f"        missing: {lack}\n")
            if lacks:
                stdout.write(f"        to install: {engine.install_command}\n")
                missing.extend(DEFAULT if name in DEFAULT else ())
        stdout.write("\nCodecs\n")
        for package, what in CODECS:
            version = _version(package)
            stdout.write(f"  {'ok  ' if version else 'no  '}{package} {version or ''}: {what}\n")
            if version is None:
                stdout.write(f"        to install: pip install {package}\n")
                missing.append(package)
        stdout.write("\nFaster runtime\n")
        openvino = _version("openvino")
        stdout.write(
            f"  ok  openvino {openvino}\n" if openvino else "  no  openvino: pip install 'scanscrub[openvino]'\n"
        )
        stdout.write("\nSeveral machines (--executor dask)\n")
        dask = _version("distributed")
        stdout.write(f"  ok  distributed {dask}\n" if dask else "  no  distributed: pip install 'scanscrub[dask]'\n")
        stdout.write("\nNothing is sent (tried just now)\n")
        stdout.writelines(f"  {line}\n" for line in network_words.of_this_process(held()))
        stdout.write("\nIn a clone of the repository, write . for scanscrub in these commands: '.[easyocr]'.\n")
    raise typer.Exit(ExitCode.MISSING_DEPENDENCY if missing else ExitCode.OK)


def _version(package: str) -> str | None:
    from importlib import metadata  # noqa: PLC0415 - not for --help

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
