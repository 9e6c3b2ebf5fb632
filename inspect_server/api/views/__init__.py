"""From what services return to what goes over HTTP, a module per noun. Nothing is decided here."""

from inspect_server.api.views.cases import case_detail, case_row, permit_item
from inspect_server.api.views.footage import footage_index
from inspect_server.api.views.inspections import inspection_detail
from inspect_server.api.views.joining import invitation_opened
from inspect_server.api.views.signing_in import me

__all__ = ["case_detail", "case_row", "footage_index", "inspection_detail", "invitation_opened", "me", "permit_item"]
