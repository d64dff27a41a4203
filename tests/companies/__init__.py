"""Random small companies full of hard cases, from a seed."""
