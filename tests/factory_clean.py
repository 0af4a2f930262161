"""Files cleaned as `clean` does, without a look at their pixels."""

from pathlib import Path

from factory_attributes import KEY
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.text_mode import TextMode
from scanscrub.inputs.find import Scope, find_inputs
from scanscrub.pipeline.clean import Cleaner
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import Profile, load_profile


def cleaned(content: bytes, folder: Path, profile: str | Profile = "share") -> tuple[AuditRecord, bytes]:
    """The record of one file, and its copy: empty where there is none."""
    inputs, output = folder / "in", folder / "out"
    source = inputs / str(len(list(inputs.iterdir())) if inputs.exists() else 0)
    source.mkdir(parents=True)
    output.mkdir(exist_ok=True)
    (source / "1.dcm").write_bytes(content)
    chosen = load_profile(profile) if isinstance(profile, str) else profile
    cleaner = Cleaner(WorkerContext(Settings(chosen, KEY, TextMode.NONE, ())), CleanJob(output))
    (record,) = (cleaner(item) for item in find_inputs([source], Scope(outside=output)))
    assert record is not None
    return record, (output / record.output_name).read_bytes() if record.output_name else b""
