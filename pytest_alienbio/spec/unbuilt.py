"""What the file formats know and this version does not do yet. A later version only deletes lines here."""

from __future__ import annotations

from collections.abc import Mapping

BATTERY: Mapping[str, frozenset[str]] = {
    "": frozenset({"axes", "config", "iterate", "post_actions"}),
    "head": frozenset(
        {
            "axes",
            "iterate",
            "post_actions",
        }
    ),
}
"""By section of a battery file: keys that are refused with "not built yet" instead of "unknown"."""

PROJECT: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {
            "labels",
        }
    ),
}
"""The same for `bio.yaml`."""
