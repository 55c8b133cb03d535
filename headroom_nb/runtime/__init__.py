"""Processes, threads, memory, files and models: what every room stands on."""
