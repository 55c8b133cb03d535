"""Long conversations: screens as what changed, old images in fewer tokens, and what the prompt cache makes of it.

Each stage is a pure function of the conversation so far: what an earlier request was sent is found again by going
through the requests in order, and no state is kept between calls.
"""
