"""DICOM data sets as bytes: transfer syntaxes, elements, character sets, dictionaries (PS3.5, PS3.6, PS3.10)."""
