"""What the first bytes of a file say, for those who may not know the formats."""


def is_part_10(head: bytes) -> bool:
    """Whether a file that begins so is DICOM (PS3.10, 7.1). Its first 128 bytes may look like any other format."""
    return head[128:132] == b"DICM"
