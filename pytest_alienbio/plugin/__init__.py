"""FACE 3: the pytest plugin. The only room, with `testing`, that imports pytest."""
