"""pydicom, told to judge no values before any of its readers is used: its warnings and log lines quote them.

Whoever needs pydicom takes it from here (an import contract holds it). It loads slowly, so what checks a header does
without it.
"""

from pydicom import config, dcmread, uid
from pydicom.charset import convert_encodings, decode_bytes, encode_string
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.tag import BaseTag

__all__ = [
    "BaseTag",
    "DataElement",
    "Dataset",
    "FileMetaDataset",
    "RawDataElement",
    "apply_color_lut",
    "apply_modality_lut",
    "apply_voi_lut",
    "convert_encodings",
    "dcmread",
    "decode_bytes",
    "encode_string",
    "uid",
]

config.settings.reading_validation_mode = config.IGNORE
config.settings.writing_validation_mode = config.IGNORE
config.logger.disabled = True
