"""One file per step, named by date and purpose. A step that was released is never changed."""
