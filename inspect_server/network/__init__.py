"""How browsers reach this machine: its addresses, a certificate for them, the sockets it listens on, clock and codes.

Works on plain values; knows no settings and no other part of the server.
"""
