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
    "agents": frozenset({"api_base", "api_key", "base_url", "model", "price", "prices", "provider"}),
}
"""By section of a battery file: keys that are refused with "not built yet" instead of "unknown"."""

PROJECT: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {
            "labels",
            "live",
            "prices",
            "providers",
        }
    ),
    **{section: BATTERY[section] for section in ("agents",)},
}
"""The same for `bio.yaml`."""
