"""A small load generator: N cameras that publish pre-encoded media by WHIP, each watched by WHEP, in one process."""
