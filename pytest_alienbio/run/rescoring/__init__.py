"""Stored cells scored again: by what scenario files say now, by somebody's own scorer, or by a language model."""
