"""Puts the compiled part of the media path into the wheel, where this machine can compile it."""

from __future__ import annotations

import runpy
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Named as hatchling expects it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; without a compiler the wheel is one for every platform, and runs the portable data path."""
        del version
        build = runpy.run_path("inspect_server/media/datapath/build.py")
        try:
            module = build["compile_native"]()
        except build["CannotCompile"] as reason:
            self.app.display_warning(f"The wheel goes without the compiled media path: {reason}.")
            return
        build_data["force_include"][str(module)] = f"inspect_server/media/datapath/{module.name}"
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
