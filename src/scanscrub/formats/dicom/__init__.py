"""DICOM Part 10 files.

pydicom is told to judge no values, here and before any of its readers is used: its warnings and log lines quote them.
"""

from pydicom import config

config.settings.reading_validation_mode = config.IGNORE
config.settings.writing_validation_mode = config.IGNORE
config.logger.disabled = True
