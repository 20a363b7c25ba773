"""Frames as Arrow tables, for who has pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """`frame` as an Arrow table. Raises `MissingExtraError` without pyarrow."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError("Arrow tables need pyarrow: pip install 'pytest-alienbio[parquet]'") from error
    return pa.Table.from_pandas(frame, preserve_index=False)
