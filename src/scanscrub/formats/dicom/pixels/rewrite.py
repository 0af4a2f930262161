"""The pixel data of a copy: planned for all frames, then written one frame at a time."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from os import SEEK_CUR
from typing import BinaryIO

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.pydicom_quiet import DataElement, uid
from scanscrub.formats.dicom.encoding.transfer_syntaxes import EXPLICIT_BIG, IMPLICIT_LITTLE
from scanscrub.formats.dicom.pixels.codecs.jpeg import JpegLsCodec
from scanscrub.formats.dicom.pixels.codecs.jpeg2000 import J2kCodec, can_encode
from scanscrub.formats.dicom.pixels.codecs.registry import FrameCodec
from scanscrub.formats.dicom.pixels.layout import LOSSY_JPEG, Layout
from scanscrub.formats.dicom.pixels.native_frames import FrameJoiner, Native
from scanscrub.formats.dicom.pixels.pixel_data import FrameStore, Masks
from scanscrub.formats.jpeg.codestream import j2k_is_irreversible, j2k_uses_color_transform, jpegls_is_near_lossless

_HTJ2K = (uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL, uid.HTJ2K)
_LOSSY: Mapping[str, tuple[str, Callable[[bytes], bool]]] = {
    **dict.fromkeys(LOSSY_JPEG, ("ISO_10918_1", lambda _: True)),
    uid.JPEGLSNearLossless: ("ISO_14495_1", jpegls_is_near_lossless),
    uid.JPEG2000: ("ISO_15444_1", j2k_is_irreversible),
    uid.HTJ2K: ("ISO_15444_15", j2k_is_irreversible),
}
"""Syntaxes that allow loss: the method's name (PS3.3 C.7.6.1.1.5.1), and whether a frame says that it was used."""
_ALSO_LOSSLESS = (uid.JPEGLSNearLossless, uid.JPEG2000)
"""Syntaxes of which a masked frame is stored without loss."""
_LONGEST = 0xFFFFFFFE
_J2K_COLORS = frozenset({"RGB", "YBR_RCT", "YBR_ICT"})
"""What JPEG 2000 of three samples may be said to be, whose decoder undoes its transform."""
_EXTENDED_OFFSETS = b"\xe0\x7f\x01\x00OV\0\0"
_EXTENDED_LENGTHS = b"\xe0\x7f\x02\x00OV\0\0"
_ENCAPSULATED = b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"
_ITEM = b"\xfe\xff\x00\xe0"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What a copy's pixels need around them, and how to write them.

    `header` are the elements of the data set that change: by tag, None to leave one out. `notes` are sentences for
    the audit. `write` writes the whole (7FE0,00xx) elements at the position of a seekable stream.
    """

    transfer_syntax: str
    header: Mapping[int, DataElement | None]
    notes: tuple[str, ...]
    write: Callable[[BinaryIO], None]


def plan_rewrite(store: FrameStore, masks: Masks) -> Rewrite:
    """Keep the transfer syntax where every masked frame can be masked in it; else store all frames without loss.

    Number of Frames becomes what it is. Raises `RefusedFile` where a frame cannot be written without loss.
    """
    rewrite = _rewrite_of(store, masks)
    if store.frames == store.declared:
        return rewrite
    counted = {tags.NumberOfFrames: DataElement(tags.NumberOfFrames, "IS", store.frames)}
    note = f"It holds {store.frames} frames and counts {store.declared}: all were examined, and the copy counts all."
    return replace(rewrite, header={**rewrite.header, **counted}, notes=(*rewrite.notes, note))


def _rewrite_of(store: FrameStore, masks: Masks) -> Rewrite:
    masks = {frame: regions for frame, regions in masks.items() if regions}
    if any(not 0 <= frame < store.frames for frame in masks):
        raise ValueError("a mask lies on a frame that the file does not have")
    can_mask = all(store.codec.can_mask(store.encoded(frame)) for frame in sorted(masks))
    if not can_mask or any(store.holds_more(frame) for frame in range(store.frames)):
        return _transcoded(store, masks)
    source, frame_of = store.source, _kept(store, masks)
    if isinstance(source, Native):
        write = partial(_write_native, store, frame_of)
    else:
        basic = source.had_offsets and not source.had_extended
        write = partial(_write_encapsulated, store, frame_of, basic=basic, extended=source.had_extended)
    coded = {**_coded_colors(store, masks), **_palette(store, frame_of, masks, store.codec)}
    if not (masks and store.layout.syntax in _ALSO_LOSSLESS and _is_lossy(store, masks)):
        return Rewrite(store.layout.syntax, coded, (), write)
    note = (
        "The masked frames were stored again without loss, in the same transfer syntax: "
        "lossy compression of this kind cannot be changed in part."
    )
    return Rewrite(store.layout.syntax, {**coded, **_lossy_past(store)}, (note,), write)


def _coded_colors(store: FrameStore, masks: Masks) -> Mapping[int, DataElement | None]:
    """The Photometric Interpretation of JPEG 2000 of which frames are coded anew, without loss (PS3.5 8.2.4).

    The header keeps its word where some frames still are what it says.
    """
    stated = store.layout.photometric
    if not masks or not isinstance(store.codec, J2kCodec) or stated not in _J2K_COLORS:
        return {}
    coded = {_coded(store.encoded(frame), anew=frame in masks) for frame in range(store.frames)}
    if len(coded) > 1 or coded == {stated}:
        return {}
    return {tags.PhotometricInterpretation: DataElement(tags.PhotometricInterpretation, "CS", coded.pop())}


def _coded(data: bytes, *, anew: bool) -> str:
    if not j2k_uses_color_transform(data):
        return "RGB"
    return "YBR_ICT" if j2k_is_irreversible(data) and not anew else "YBR_RCT"


def _palette(
    store: FrameStore, frame_of: Callable[[int], bytes], masks: Masks, codec: FrameCodec
) -> Mapping[int, DataElement | None]:
    """The palette of the copy: what a mask covers needs no entries any more, its fill needs one."""
    return store.palette_of_copy(
        codec.decode(frame_of(frame)) if frame in masks else store.stored(frame) for frame in range(store.frames)
    )


def _kept(store: FrameStore, masks: Masks) -> Callable[[int], bytes]:
    return lambda frame: store.masked(frame, masks[frame]) if frame in masks else store.cleaned(frame)


def _transcoded(store: FrameStore, masks: Masks) -> Rewrite:
    """All frames in a lossless syntax, as the transfer syntax is the file's and not the frame's."""
    layout = _lossless_layout(store.layout)
    codec = J2kCodec(layout) if layout.syntax == uid.JPEG2000Lossless else JpegLsCodec(layout)

    def frame_of(frame: int) -> bytes:
        samples = store.stored(frame)
        if frame in masks:
            samples = samples.copy()
            fill = store.fill(frame)
            samples[store.area(frame, masks[frame])] = fill if layout.samples > 1 else fill[0]
        data = codec.encode(samples)
        return data + b"\0" * (len(data) % 2)

    note = (
        f"The image was stored again without loss ({uid.UID(layout.syntax).name}): "
        "its own compression cannot be changed in part."
    )
    return Rewrite(
        layout.syntax,
        {
            **_changed_header(store, layout),
            **(_lossy_past(store) if _is_lossy(store, masks or {0: ()}) else {}),
            **_palette(store, frame_of, masks, codec),
        },
        (note,),
        partial(_write_encapsulated, store, frame_of, basic=True, extended=False),
    )


def _lossless_layout(layout: Layout) -> Layout:
    to_j2k = layout.syntax in _HTJ2K and can_encode(layout)
    if not to_j2k and layout.stored > 16:
        raise RefusedFile(
            "The image's compression cannot be written again without loss.",
            "Convert the file to an uncompressed DICOM file first.",
        )
    syntax = uid.JPEG2000Lossless if to_j2k else uid.JPEGLSLossless
    transformed = to_j2k and layout.photometric in {"YBR_RCT", "YBR_ICT"}
    photometric = "YBR_RCT" if transformed else layout.decoded
    return replace(layout, syntax=syntax, photometric=photometric, planar=False, high=layout.stored - 1)


def _changed_header(store: FrameStore, layout: Layout) -> Mapping[int, DataElement | None]:
    """The elements that describe the new form."""
    changed: dict[int, DataElement | None] = {}
    if layout.photometric != store.layout.photometric:
        changed[tags.PhotometricInterpretation] = DataElement(
            tags.PhotometricInterpretation, "CS", layout.photometric
        )
    if layout.samples > 1:
        changed[tags.PlanarConfiguration] = DataElement(tags.PlanarConfiguration, "US", 0)
    if layout.high != store.layout.high:
        changed[tags.HighBit] = DataElement(tags.HighBit, "US", layout.high)
    return changed


def _is_lossy(store: FrameStore, masks: Masks) -> bool:
    """Whether a masked frame was stored with loss, by the header's word or its own."""
    if store.layout.syntax not in _LOSSY:
        return False
    _, says_so = _LOSSY[store.layout.syntax]
    return _tells_of_loss(store) or any(says_so(store.encoded(frame)) for frame in sorted(masks))


def _lossy_past(store: FrameStore) -> Mapping[int, DataElement | None]:
    """What the header has to say of a loss that the new form does not tell of."""
    if _tells_of_loss(store):
        return {}
    method, _ = _LOSSY[store.layout.syntax]
    return {
        tags.LossyImageCompression: DataElement(tags.LossyImageCompression, "CS", "01"),
        tags.LossyImageCompressionMethod: DataElement(tags.LossyImageCompressionMethod, "CS", method),
    }


def _tells_of_loss(store: FrameStore) -> bool:
    return bool(store.header.get("LossyImageCompression") == "01")


def _write_native(store: FrameStore, frame_of: Callable[[int], bytes], target: BinaryIO) -> None:
    layout = store.layout
    length = -(-layout.frame_bits * layout.frames // 8)
    length += length % 2
    if length > _LONGEST:
        raise RefusedFile("The image is larger than an uncompressed DICOM file can hold.", "Compress it first.")
    order = ">" if layout.syntax == EXPLICIT_BIG else "<"
    tag = (
        tags.PixelData
        if not layout.floating
        else tags.FloatPixelData
        if layout.allocated == 32
        else tags.DoubleFloatPixelData
    )
    target.write(struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF))
    if layout.syntax != IMPLICIT_LITTLE:
        target.write(store.vr.encode() + b"\0\0")
    target.write(struct.pack(f"{order}L", length))
    swapped = store.vr == "OW" and layout.allocated == 8 and order == ">"
    joiner = FrameJoiner(target, layout.frame_bits, swapped=swapped)
    for frame in range(layout.frames):
        joiner.add(frame_of(frame))
    joiner.finish()


def _write_encapsulated(
    store: FrameStore, frame_of: Callable[[int], bytes], target: BinaryIO, *, basic: bool, extended: bool
) -> None:
    """One fragment for each frame, and tables of offsets of the kinds that are asked for (PS3.5 A.4)."""
    frames = store.frames
    tables = target.tell()
    if extended:
        target.write(_EXTENDED_OFFSETS + struct.pack("<L", 8 * frames) + bytes(8 * frames))
        target.write(_EXTENDED_LENGTHS + struct.pack("<L", 8 * frames) + bytes(8 * frames))
    table = 4 * frames if basic else 0
    target.write(_ENCAPSULATED + _ITEM + struct.pack("<L", table) + bytes(table))
    first = target.tell()
    starts, lengths = [], []
    for frame in range(frames):
        data = frame_of(frame)
        starts.append(target.tell() - first)
        lengths.append(len(data))
        target.write(_ITEM + struct.pack("<L", len(data)) + data)
    target.write(_SEQUENCE_END)
    end = target.tell()
    if extended:
        target.seek(tables + len(_EXTENDED_OFFSETS) + 4)
        target.write(struct.pack(f"<{frames}Q", *starts))
        target.seek(len(_EXTENDED_LENGTHS) + 4, SEEK_CUR)
        target.write(struct.pack(f"<{frames}Q", *lengths))
    if basic:
        if starts[-1] > _LONGEST:
            raise RefusedFile("The image is too large for its own table of frames.", "Split the file first.")
        target.seek(first - table)
        target.write(struct.pack(f"<{frames}L", *starts))
    target.seek(end)
