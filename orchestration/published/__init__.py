"""The published file: written, opened, handed on."""
