"""Footage: what a publisher sends, kept as fragmented MP4 in a local spool and carried to the object store.

    event loop                      writer's thread (one)                event loop
    Recorder ──bounded queue──▶ Segmenter ──▶ EpochFiles ──outcomes──▶ Delivery ──put──▶ object store
      .write(unit)                pure: where      spool folder:          oldest first, 2 at a time;
      .mark(…)                    fragments and    fragment → fdatasync   facts repeated until
      .close()                    segments end     segment  → rename      acknowledged, then removed

``service.Footage`` wires it; start reading there. A fragment counts as kept as soon as its fdatasync returned.
"""
