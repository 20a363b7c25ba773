"""The engine lane: a battery's cells played on an engine, and reported as they end by a short protocol."""
