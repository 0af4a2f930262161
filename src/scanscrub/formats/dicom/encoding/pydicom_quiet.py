"""pydicom, told to judge no values before any of its readers is used: its warnings and log lines quote them.

Whoever needs pydicom takes it from here (an import contract holds it). It loads slowly, so what checks a header does
without it.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom import config, dcmread, uid
from pydicom.charset import convert_encodings, decode_bytes, encode_string
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_modality_lut, apply_voi_lut, get_decoder
from pydicom.tag import BaseTag

__all__ = [
    "BaseTag",
    "DataElement",
    "Dataset",
    "FileMetaDataset",
    "RawDataElement",
    "apply_modality_lut",
    "apply_voi_lut",
    "convert_encodings",
    "dcmread",
    "decode_bytes",
    "encapsulate",
    "encode_string",
    "get_decoder",
    "quiet_decoding",
    "uid",
]

config.settings.reading_validation_mode = config.IGNORE
config.settings.writing_validation_mode = config.IGNORE
config.logger.disabled = True


@contextmanager
def quiet_decoding() -> Iterator[None]:
    """What pydicom's decoders warn of is nobody's concern, and may hold a value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
