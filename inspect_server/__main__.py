"""The command line: ``inspect-server …`` or ``python -m inspect_server …``."""

import sys

from inspect_server.cli.commands import run


def main() -> int:
    """Run one command; returns the exit code."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
