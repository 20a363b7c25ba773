"""Scenario files of the older format: read, and played on the same physics."""
