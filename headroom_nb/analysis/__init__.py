"""Questions about images and bills that are asked beside compression."""
