"""What a worker needs beside the file: the policy and the eyes. Built once per process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextDetector, TextReader
from scanscrub.domain.review.decided import Review
from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.decide import Policy, build_policy
from scanscrub.policy.pixels.device_rules import DeviceRule, built_in_rules
from scanscrub.policy.pixels.review_marks import review_mark
from scanscrub.policy.profile import Profile
from scanscrub.policy.pseudonyms.listed import PseudonymList


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides about the bytes of a copy. Can be sent to a worker; never shown: it holds the key."""

    profile: Profile
    key: bytes = field(repr=False)
    text: TextMode = TextMode.ALL
    engines: tuple[str, ...] = ("ppocr",)
    threads: int = 0
    """Threads for one worker's models; 0: as many as there are processors."""
    device_rules: tuple[DeviceRule, ...] = ()
    """The user's, beside those that come with the program."""
    pseudonyms: PseudonymList | None = field(default=None, repr=False)
    review: Review | None = None
    """What a person decided of inputs, to be replayed."""


class WorkerContext:
    """The policy, and the detectors, which are loaded when the first picture asks for them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._detect_settings = DetectSettings(threads=settings.threads)

    @property
    def looks(self) -> bool:
        """Whether pictures are examined at all."""
        return self.settings.text != TextMode.NONE

    @cached_property
    def policy(self) -> Policy:
        settings = self.settings
        return build_policy(
            settings.profile,
            settings.key,
            text_mode=settings.text,
            device_rules=settings.device_rules,
            listed=settings.pseudonyms,
            review=review_mark(settings.review, settings.key) if settings.review else "",
        )

    @property
    def device_rules(self) -> Sequence[DeviceRule]:
        return (*built_in_rules(), *self.settings.device_rules)

    @cached_property
    def detector(self) -> TextDetector:
        from scanscrub.detect.engines.codes import WithCodes  # noqa: PLC0415 - not loaded for headers alone
        from scanscrub.detect.engines.registry import build_detector  # noqa: PLC0415 - the same
        from scanscrub.detect.frames.mask_inpainting import MasksInpainted  # noqa: PLC0415 - the same

        found = MasksInpainted(build_detector(self.settings.engines, self._detect_settings), self.reader)
        return WithCodes(found)

    @cached_property
    def second_look(self) -> TextDetector:
        from scanscrub.detect.engines.codes import WithCodes  # noqa: PLC0415 - not loaded for headers alone
        from scanscrub.detect.engines.registry import build_second_look  # noqa: PLC0415 - the same

        return WithCodes(build_second_look(self.settings.engines, self._detect_settings))

    @cached_property
    def reader(self) -> TextReader:
        from scanscrub.detect.engines.registry import build_reader  # noqa: PLC0415 - not loaded for headers alone

        return build_reader(self.settings.engines, self._detect_settings)

    def identities(self) -> Sequence[str]:
        """Engines and models in use, for the audit."""
        return (self.detector.identity, self.second_look.identity) if self.looks else ()
