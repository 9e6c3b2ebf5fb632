"""The rules of remote inspection: data, transitions, permissions. Pure: no I/O, no clock, no asyncio."""
