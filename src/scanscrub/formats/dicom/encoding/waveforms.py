"""Waveforms (PS3.3 C.10.9): what lies behind the samples that a multiplex group counts."""

from typing import Final

from scanscrub.domain import tags
from scanscrub.formats.dicom.encoding.elements import DataSet, Element

_OF_A_SAMPLE: Final = frozenset({tags.WaveformPaddingValue, tags.ChannelMinimumValue, tags.ChannelMaximumValue})
_LONGEST_SAMPLE: Final = 4
"""Bytes, where the group does not say how many."""


def behind_samples(element: Element, group: DataSet) -> bytes:
    """The bytes of waveform data, or of one of its values, that are no sample; none of any other element."""
    if element.value is None or (element.tag != tags.WaveformData and element.tag not in _OF_A_SAMPLE):
        return b""
    size = -(-_number(group, tags.WaveformBitsAllocated) // 8)
    if element.tag != tags.WaveformData:
        return element.value[size or _LONGEST_SAMPLE :]
    samples = _number(group, tags.NumberOfWaveformChannels) * _number(group, tags.NumberOfWaveformSamples)
    return element.value[size * samples :] if size * samples else b""


def _number(group: DataSet, tag: int) -> int:
    """A binary number of the group; 0 where it is not there."""
    order = "little" if group.encoding.little else "big"
    values = [one.value for one in group.elements if one.tag == tag and one.value is not None]
    return int.from_bytes(values[0], order) if values else 0  # type: ignore[arg-type] # one of two
