"""One file per step, named by date and purpose."""
