"""Compiles ``native.c`` beside itself: run as a script, never as a module, which would import what it is to replace.

Stands alone, for the wheel's build runs it where nothing is installed. Without a compiler it says so.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).with_name("native.c")
FLAGS = ["-O2", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers"]


class CannotCompile(Exception):
    """The machine lacks a C compiler or Python's headers; says which."""


def compile_native() -> Path:
    """Compile for this interpreter; returns the module's file.

    Raises:
        CannotCompile: this machine has not what is needed.
        subprocess.CalledProcessError: the compiler refuses the source; it has said why.
    """
    if sys.platform != "linux":
        raise CannotCompile("it is written for Linux")
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if compiler is None:
        raise CannotCompile("there is no C compiler")
    include = sysconfig.get_path("include")
    if not Path(include, "Python.h").exists():
        raise CannotCompile(f"there is no {include}/Python.h (Debian: python3-dev)")
    target = SOURCE.with_name("native" + str(sysconfig.get_config_var("EXT_SUFFIX")))
    command = [compiler, *FLAGS, f"-I{include}", str(SOURCE), "-o", str(target)]
    subprocess.run(command, check=True)  # noqa: S603 - a compiler of this machine on our own source
    return target


if __name__ == "__main__":
    try:
        compile_native()
    except CannotCompile as reason:
        print(f"The media path runs without its compiled part, at a higher load: {reason}.")  # noqa: T201 - a build speaks
    except subprocess.CalledProcessError as error:
        sys.exit(f"The media path could not be compiled: {shlex.join(error.cmd)}")
