"""The media worker of tests whose subject is the server: a fake at the end of its wire."""

from dataclasses import dataclass, field
from typing import Any

from inspect_server.domain.errors import InspectError
from inspect_server.media import messages


@dataclass
class Worker:
    """Answers every command at once and remembers it; ``refusal`` is raised instead."""

    commands: list[messages.Command] = field(default_factory=list)
    refusal: InspectError | None = None

    async def request(self, command: messages.Command) -> messages.Reply:
        self.commands.append(command)
        if self.refusal is not None:
            raise self.refusal
        if isinstance(command, messages.Publish):
            return messages.Published(request_id=command.request_id, answer_sdp="v=0 published")
        if isinstance(command, messages.View):
            return messages.Viewed(request_id=command.request_id, answer_sdp="v=0 viewed")
        if isinstance(command, messages.Watch):
            return messages.WatchOffered(request_id=command.request_id, revision=1, offer_sdp="the offer", tracks=[])
        return messages.Done(request_id=command.request_id)

    def of_type(self, kind: type[Any]) -> list[Any]:
        return [command for command in self.commands if isinstance(command, kind)]
