"""The same limits for workers on several machines: kept in one Redis database instead of a file."""
