"""``python -m scanscrub``."""

from scanscrub.cli.app import main

if __name__ == "__main__":
    main()
