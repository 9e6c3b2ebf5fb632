"""WebRTC and frames. Knows no user, no database, no HTTP; its face is the serialisable messages of ``messages``."""
