"""How this program names itself in the file meta group of what it writes (PS3.10 7.1)."""

from typing import Final

IMPLEMENTATION_CLASS_UID: Final = "2.25.201706352947718309546103275814468093521"
IMPLEMENTATION_VERSION: Final = "SCANSCRUB_1"
