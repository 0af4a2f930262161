"""Writes planned copies and a DICOMDIR over them (PS3.10 7 and 8)."""
