"""A person's rights: all that is held of one is given out, or erased from everywhere."""
