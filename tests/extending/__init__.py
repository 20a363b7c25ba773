"""Packages that extend us, as our documents print them."""
