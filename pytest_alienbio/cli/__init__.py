"""FACE 2: the `bio` command, one small module a group of commands."""
