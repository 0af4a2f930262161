"""``python -m scanscrub``."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - of whoever runs it without an installation, which would refuse
    sys.exit(
        "scanscrub needs Python 3.11 or newer. Install one (python.org has it), and use that: README.md says how."
    )

from scanscrub.cli.app import main

if __name__ == "__main__":
    main()
