"""Still pictures: what a file is, and the copies that people look at. Nothing here knows whose picture it is."""
