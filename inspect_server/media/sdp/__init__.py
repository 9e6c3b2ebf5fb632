"""The small part of SDP (RFC 8866, RFC 8829) that connections with known shape need. Pure.

*Publish*: the sender offers, ``publish_answer`` chooses. *Watch*: ``watch_offer`` is ours, the page answers. *View*: a
machine offers that it wants to see, ``view_answer`` is ours.
"""

from inspect_server.media.sdp.description import Description, parse
from inspect_server.media.sdp.lines import LocalTransport

__all__ = ["Description", "LocalTransport", "parse"]
