"""The command line: reads arguments, calls ``inspect_server.app`` and services, and speaks to a terminal."""
