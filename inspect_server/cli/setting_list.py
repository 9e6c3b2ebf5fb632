"""``inspect-server settings``: the table of all settings, on the terminal or inside a Markdown file."""

import argparse
from pathlib import Path

from inspect_server.cli.terminal import EXIT_FAILED, EXIT_OK
from inspect_server.domain.errors import ConfigurationError
from inspect_server.settings import settings_table

BEGIN = "<!-- settings: made by `make generate` -->\n"
END = "<!-- end of settings -->\n"


def show_or_write(typed: argparse.Namespace) -> int:
    """Print the table, put it into a file, or say whether a file's table is fresh.

    Raises:
        ConfigurationError: the file has no place for the table.
    """
    if typed.into is not None:
        typed.into.write_text(with_table(typed.into), encoding="utf-8")
    elif typed.check is not None:
        if typed.check.read_text(encoding="utf-8") != with_table(typed.check):
            print(f"{typed.check}: the table of settings is stale; run: make generate")
            return EXIT_FAILED
    else:
        print(settings_table(), end="")
    return EXIT_OK


def with_table(file: Path) -> str:
    """The file's text with today's table between its two marks.

    Raises:
        ConfigurationError: the file cannot be read, or has no marks.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}") from None
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ConfigurationError(f"{file} has no place for the table: lines {BEGIN.strip()} and {END.strip()}")
    return before + BEGIN + settings_table() + END + after
