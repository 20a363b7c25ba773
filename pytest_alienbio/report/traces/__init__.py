"""What happened in a cell, step by step, as data for a page."""
