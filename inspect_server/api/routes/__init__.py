"""All HTTP operations, a module per noun. Each handler is parse, call one service, render."""

from inspect_server.api.operations import Operations
from inspect_server.api.routes import cases, footage, health, inspections, joining, machines, signing_in

OPERATIONS = Operations(
    signing_in.operations,
    cases.operations,
    inspections.operations,
    joining.operations,
    machines.operations,
    footage.operations,
    health.operations,
)
