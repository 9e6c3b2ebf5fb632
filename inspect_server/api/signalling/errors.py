"""What can be wrong with a signalling message itself; what is wrong with its meaning is in ``domain.errors``."""

from inspect_server.domain.errors import InspectError


class MessageMalformed(InspectError):
    """Not one JSON object that fits a message type."""

    code = "message_malformed"
    http_status = 400


class MessageUnknown(InspectError):
    """No message has this ``type``; ``params["type"]``."""

    code = "message_unknown"
    http_status = 400


class MessageTooLarge(InspectError):
    """Over the limit; ``params["max_bytes"]``."""

    code = "message_too_large"
    http_status = 413


class HelloExpected(InspectError):
    """The first message was not ``hello``, or it did not come in time."""

    code = "hello_expected"
    http_status = 400


class AlreadyGreeted(InspectError):
    """``hello`` came a second time."""

    code = "already_greeted"
    http_status = 409


class VersionUnsupported(InspectError):
    """Another protocol version; ``params["supported"]``. Reloading the page brings the right one."""

    code = "version_unsupported"
    http_status = 400
