"""Reports on what is stored: from an index and a question to a document, or to a page that also holds cells and traces."""

from .reports import again, from_here, leaderboard_on, report_of, report_on, title_of

__all__ = ["again", "from_here", "leaderboard_on", "report_of", "report_on", "title_of"]
