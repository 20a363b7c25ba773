"""Questions to stored results: queries, groups, comparisons."""
