"""Standard clients in a call: cameras that publish by WHIP (RFC 9725) and walls that watch by WHEP."""
