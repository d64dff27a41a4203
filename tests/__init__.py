"""Tests of every layer; helpers are imported from here by their full name."""
