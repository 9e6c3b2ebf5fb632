"""What can be seen in a publisher's picture: whether it is fit to judge by, and codes that are in it."""
