"""What may be spent on the images of a conversation, and the forms that keep most within that."""
