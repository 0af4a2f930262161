"""The options of a run, checked, with all that they name loaded."""

import math
import secrets
from pathlib import Path

from scanscrub.api.options import CleanOptions
from scanscrub.domain.errors import UsageError
from scanscrub.domain.text_mode import TextMode
from scanscrub.pipeline.worker_context import Settings
from scanscrub.policy.pixels.device_rules import read_device_rules
from scanscrub.policy.pixels.review_file import read_review
from scanscrub.policy.profile import load_profile
from scanscrub.policy.pseudonyms.listed import PseudonymList, read_pseudonyms


def settings_for(options: CleanOptions, kept: bytes | None = None) -> Settings:
    """Check the options and load what they name; without `--key` the run has the `kept` one, or a new one.

    Raises `UsageError` and `MissingDependencyError`.
    """
    if options.resume and options.key is None and kept is None:
        raise UsageError(
            "--resume needs the key of the earlier run, or the copies would not belong together.",
            "Give it with --key FILE. Of a run without that, the key is kept on its machine, for the user who began"
            " it, until the run is complete.",
        )
    if options.unlisted != "refuse" and options.pseudonyms is None:
        raise UsageError("--unlisted is about a list of pseudonyms.", "Add --pseudonyms FILE.csv.")
    if options.scheduler is not None and options.executor != "dask":
        raise UsageError("--scheduler is the address of a Dask cluster.", "Add --executor dask.")
    if options.executor == "dask":
        from scanscrub.execute import dask_cluster  # noqa: PLC0415 - only when asked for

        dask_cluster.require()
    _check_bounds(options.timeout_per_file, options.max_failures, is_cluster=options.executor == "dask")
    rules = read_device_rules(options.device_rules) if options.device_rules else ()
    if options.text != TextMode.NONE:
        from scanscrub.detect.engines.registry import usable  # noqa: PLC0415 - not loaded for headers alone

        for name in options.engine_names:
            usable(name)
    return Settings(
        load_profile(options.profile).with_options(options.retain, options.clean),
        _key(options.key) if options.key is not None else kept or secrets.token_bytes(32),
        TextMode(options.text),
        options.engine_names,
        device_rules=rules,
        pseudonyms=_listed(options),
        review=read_review(options.review) if options.review is not None else None,
    )


def _listed(options: CleanOptions) -> PseudonymList | None:
    if options.pseudonyms is None:
        return None
    return read_pseudonyms(options.pseudonyms, makes=options.unlisted == "make")


def _key(given: Path | bytes) -> bytes:
    """The 32 bytes of a key, or of its file: 64 hexadecimal digits. Raises `UsageError`."""
    try:
        key = given if isinstance(given, bytes) else bytes.fromhex(given.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise UsageError("The key file cannot be read or holds no key.", "Make one: scanscrub key new FILE")
    return key


def _check_bounds(seconds: float | None, failures: int | None, *, is_cluster: bool) -> None:
    """Raises `UsageError` for a bound that cannot be kept."""
    if seconds is not None and not (seconds > 0 and math.isfinite(seconds)):
        raise UsageError("--timeout-per-file is a number of seconds, more than 0.", "Example: --timeout-per-file 600")
    if failures is not None and failures < 1:
        raise UsageError("--max-failures is a number of files, 1 or more.", "Example: --max-failures 100")
    if seconds is not None and is_cluster:
        raise UsageError(
            "--timeout-per-file ends worker processes of this machine, and not those of a Dask cluster.",
            "Leave out --timeout-per-file or --executor dask.",
        )
