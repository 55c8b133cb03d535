"""The stages in order: one image, then all of a conversation."""
