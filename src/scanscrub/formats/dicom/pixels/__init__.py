"""Pixel data: frames read, shown, masked and written (PS3.3 C.7.6.3, PS3.5 8 and Annex A)."""
