"""Sets one record as PDF/A-3b. Runs as a process of its own: ``python -m … FOLDER UNIX_SECONDS``.

A process, since a compilation that hangs or eats memory can then be ended, and never holds up the server. It reads
``record.json`` and the pictures in the folder, and writes ``record.pdf`` there; the same input gives the same bytes.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

import manimgx_fonts_cjk
import typst

TEMPLATE: Final = Path(__file__).with_name("record.typ")
STANDARD: Final = "a-3b"


def typeset(folder: Path, made_at: int) -> None:
    """Write ``record.pdf``; ``made_at``: seconds since 1970, which the PDF tells as its own date.

    Raises:
        typst.TypstError: the template does not compile with this record.
    """
    source = folder / TEMPLATE.name
    shutil.copyfile(TEMPLATE, source)
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(manimgx_fonts_cjk.__file__).parent)],
    )
    compiler = typst.Compiler(str(source), root=str(folder), font_paths=fonts)
    compiler.compile(output=str(folder / "record.pdf"), format="pdf", pdf_standards=[STANDARD], timestamp=made_at)


if __name__ == "__main__":
    typeset(Path(sys.argv[1]), int(sys.argv[2]))
