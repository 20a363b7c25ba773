"""Environments of Gymnasium as scenarios; it is imported when one is named."""
