"""Jobs work in an office at work."""

from tests.services.office_fixtures import founded, office

__all__ = ["founded", "office"]
