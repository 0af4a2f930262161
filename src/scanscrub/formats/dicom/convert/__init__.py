"""Pictures as Secondary Capture objects (PS3.3 A.8)."""
