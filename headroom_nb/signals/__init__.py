"""What is measured in an image, once for its content."""
