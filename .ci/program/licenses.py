"""The page of licenses of the one-file program: whoever hands on libraries hands on their licenses."""

import re
import subprocess
import sysconfig
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

_NAME = re.compile(r"[\w.-]+")
_TEXTS = re.compile(r"(^|/)([\w.-]*_)?(licen[sc]es?|copying|notice|thirdparty)", re.IGNORECASE)
_FIELDS = ("License-Expression", "License")
"""What a package without any text says."""
_DOCUMENTED = Path("/usr/share/doc")
"""Where Debian's systems keep what each package is licensed under."""


def page_of_licenses(package: str, libraries: Iterable[Path]) -> str:
    """All licenses of an installed package, of what it requires, of Python, and of the system's `libraries`.

    Raises `LookupError` where one of them has none: such a program must not be handed on.
    """
    parts = [_own_page(package)]
    required = sorted(_required(package), key=lambda one: one.name.lower())
    parts += [_section(f"{each.name} {each.version}", _texts_of(each)) for each in required]
    parts.append(_section("Python", _of_python()))
    system = sorted(_of_system(libraries).items())
    parts += [_section(f"{name}, of the system that this was built on", [text]) for name, text in system]
    return "\n\n".join(parts) + "\n"


def _own_page(package: str) -> str:
    path = Path(str(distribution(package).locate_file(f"{package}/docs/licenses.md")))
    return path.read_text(encoding="utf-8").rstrip()


def _section(title: str, texts: Iterable[str]) -> str:
    return "\n\n".join((f"## {title}", *(text.strip() for text in texts)))


def _required(package: str) -> list[Distribution]:
    """The package and all that it needs, without extras."""
    found: dict[str, Distribution] = {}
    open_ = [package]
    while open_:
        wanted = open_.pop()
        name = re.sub(r"[-_.]+", "-", wanted).lower()
        if name in found:
            continue
        try:
            found[name] = distribution(wanted)
        except PackageNotFoundError:  # of another system or another Python
            continue
        for requirement in found[name].requires or ():
            match = _NAME.match(requirement)
            if match and "extra ==" not in requirement:
                open_.append(match[0])
    return list(found.values())


def _texts_of(package: Distribution) -> list[str]:
    files = sorted(each for each in package.files or () if _TEXTS.search(each.as_posix()) and each.suffix != ".py")
    texts = [Path(str(each.locate())).read_text(encoding="utf-8", errors="replace") for each in files]
    if texts:
        return texts
    said = [line for field in _FIELDS for line in package.metadata.get_all(field, []) if line]
    if not said:
        reason = f"{package.name} says nothing of its license."
        raise LookupError(reason)
    return said


def _of_python() -> list[str]:
    for folder in ("stdlib", "data"):
        path = Path(sysconfig.get_path(folder)) / "LICENSE.txt"
        if path.is_file():
            return [path.read_text(encoding="utf-8", errors="replace")]
    owner = f"libpython{sysconfig.get_python_version()}"
    candidates = (_DOCUMENTED / name / "copyright" for name in (f"{owner}-minimal", owner, "python3-minimal"))
    for path in candidates:
        if path.is_file():
            return [path.read_text(encoding="utf-8", errors="replace")]
    raise LookupError("Python's license was not found.")


def _of_system(libraries: Iterable[Path]) -> dict[str, str]:
    """The license of each package of the system that owns one of the libraries; where no package owns one, none."""
    found: dict[str, str] = {}
    for library in libraries:
        name = _owner(library.resolve())
        path = _DOCUMENTED / name / "copyright"
        if name and path.is_file():
            found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found


def _owner(library: Path) -> str:
    for path in (library, Path(str(library).removeprefix("/usr"))):
        try:
            answer = subprocess.run(["dpkg", "-S", str(path)], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return answer.stdout.split(":", maxsplit=1)[0]
    return ""
