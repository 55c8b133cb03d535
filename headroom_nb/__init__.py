"""Headroom for notebooks."""
