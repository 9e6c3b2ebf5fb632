"""The command line: ``inspect-server …`` or ``python -m inspect_server …``."""

import sys


def main() -> int:
    """Run one command; returns the exit code."""
    arguments = sys.argv[1:]
    if arguments[:2] and arguments[0] == "media-worker":
        # Started by the server only: its process loads neither the command line nor the API.
        from inspect_server.app_media_worker import run_media_worker

        return run_media_worker(int(arguments[-1]))
    from inspect_server.cli.commands import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
