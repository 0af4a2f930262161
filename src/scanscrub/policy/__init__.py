"""Decides what may stay. Pure: no files, no clock, no randomness."""
