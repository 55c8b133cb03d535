"""The notebook layer: magics, completion, settings, display and export. Only the magics need IPython."""
