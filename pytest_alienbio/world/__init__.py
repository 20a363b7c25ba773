"""The physics: molecules, populations, and what one unit of time does to them. Knows no agent and no score."""
