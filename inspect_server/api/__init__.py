"""HTTP and signalling: parse, recognise the caller, call a service, render. No rule of the domain lives here."""
