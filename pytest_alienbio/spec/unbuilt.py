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
    "limits": frozenset({"cells", "tokens", "usd", "wall_clock_s"}),
    "per_cell": frozenset({"tokens", "usd"}),
    "run": frozenset({"retries"}),
}
"""By section of a battery file: keys that are refused with "not built yet" instead of "unknown"."""

PROJECT: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {
            "labels",
            "live",
            "max_cells",
            "max_time",
            "max_tokens",
            "max_usd",
            "prices",
            "providers",
            "rate",
        }
    ),
    **{section: BATTERY[section] for section in ("agents", "limits", "per_cell", "run")},
}
"""The same for `bio.yaml`."""
