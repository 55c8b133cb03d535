"""What providers refuse, and how a request is made to fit."""
