"""Properties are checked without a deadline: how quick the machine is says nothing about them."""

from hypothesis import settings

settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")
