"""All HTTP operations, a module per noun. Each handler is parse, call one service, render."""

from inspect_server.api.operations import Operations
from inspect_server.api.routes import (
    arrivals,
    cases,
    chat,
    checklist,
    evidence,
    footage,
    health,
    inspections,
    joining,
    machines,
    outcome,
    people,
    self_guiding,
    signing_in,
    site,
)

OPERATIONS = Operations(
    signing_in.operations,
    cases.operations,
    inspections.operations,
    joining.operations,
    arrivals.operations,
    machines.operations,
    footage.operations,
    evidence.operations,
    self_guiding.operations,
    site.operations,
    checklist.operations,
    chat.operations,
    outcome.operations,
    people.operations,
    health.operations,
)
