"""Facts about the pages of documents: sizes, text layer, what else is drawn. Knows nothing of messages or prices."""
