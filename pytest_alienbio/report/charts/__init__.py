"""Charts: numbers in, Vega-Lite out. Whoever draws them chooses colours and sizes."""
