"""Where the one-file program begins, in each of its processes."""

import os
from multiprocessing import freeze_support

_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")


def _give_back_library_paths() -> None:
    """The programs that this one starts (git, a browser) get the system's libraries, and not those in the file.

    What starts the program has set the path for it alone; it keeps what was there before under another name.
    """
    for name in _PATHS:
        before = os.environ.pop(f"{name}_ORIG", None)
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


if __name__ == "__main__":
    freeze_support()  # a worker process ends here, when its work is done
    _give_back_library_paths()

    from scanscrub.cli.app import main

    main()
