"""Gate tests."""
