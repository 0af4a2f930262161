"""Regions in which a device is known to burn writing: findings whatever a detector sees there."""

from collections.abc import Iterator, Sequence

from scanscrub.detect.candidates.flat import is_flat
from scanscrub.domain.finding import Finding, Origin, OriginKind, PixelRegion
from scanscrub.domain.picture import Picture
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.pixels.device_rules import DeviceRule


def device_findings(rules: Sequence[DeviceRule], frame: int, picture: Picture) -> Iterator[Finding]:
    """One for each region of these rules in which the frame shows anything; a masked region shows nothing."""
    for rule in rules:
        origin = Origin(OriginKind.DEVICE_RULE, rule.name)
        for region in rule.inside(picture.columns, picture.rows):
            if not is_flat(picture, region):
                where = PixelRegion(region, frame)
                yield Finding(Rule.WRITING_UNREADABLE, where, Severity.QUASI, origin=origin, always_masked=True)
