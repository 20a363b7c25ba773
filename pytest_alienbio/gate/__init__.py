"""Whether a run is worse than its baseline, and how sure that is. Pure: values in, values out."""
