"""Bisections, on real repositories."""
