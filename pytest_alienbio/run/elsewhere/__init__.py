"""Cells played by workers elsewhere: the controller's side and the worker's."""
