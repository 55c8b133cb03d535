"""Secrets in text: keys, authorizations, passwords and tokens, known by the name before them or by their form.

What others say (an exception of a router, a provider's refusal) goes into results, reports, logs and label files only
after it came past :func:`masked`.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus, urlsplit, urlunsplit

MASK = "***"
"""What stands in the place of a secret."""

LONGEST_NAME = 64
"""Characters of a name that are looked at."""

_NAMES = re.compile(
    r"(x|ocpapim|anthropic|openai|gemini|azure|goog|google|aws|hf|mcp)*(api|access|secret|private|subscription|function)*(key|keyid)"
    r"|(proxy)?authorization(token)?|(set)?cookie|pass(word|wd|phrase)|credentials?|bearer"
    r"|(x|aws|amz|id|auth|access|api|refresh|session|security|bearer|oauth|client|personal)+token|(client|shared)?secret"
)
"""Names of secrets, in small letters and without anything between them."""

_QUERY = re.compile(_NAMES.pattern + r"|token|sig|signature|(xamz|xgoog)(signature|credential|securitytoken)|code")
_PLAIN_KEY = frozenset({"key"})
"""Too ordinary a name outside of an address."""

_SCHEME = re.compile(r"\b(Bearer|Basic|Token|ApiKey)(\s+)(?=\S*\d)[\w.~+/=-]{12,}", re.IGNORECASE)
_NAMED = re.compile(
    r"""\b([A-Za-z][\w.-]{1,63})["']?\s{0,4}(?:[:=]|=>)\s{0,4}["']?(?:(?:Bearer|Basic)\s+)?""", re.IGNORECASE
)
_VALUE = re.compile(r"""[^\s"',;&}\])]{6,}""")
_FORMS = re.compile(
    r"\b(?:(?:sk|rk|pk|gsk)[-_][\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|hf_\w{20,}|xox[abprs]-[\w-]{10,}"
    r"|AIza[\w-]{30,}|A[KS]IA[0-9A-Z]{16}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,})"
)
"""Keys known by their first letters: of OpenAI, Anthropic, Stripe, Groq, GitHub, Hugging Face, Slack, Google and AWS;
and JSON web tokens."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s\"'<>]+")


def is_secret(name: object) -> bool:
    """Return whether a key of this name holds a secret."""
    plain = re.sub(r"[^a-z0-9]", "", str(name)[:LONGEST_NAME].lower())
    return plain not in _PLAIN_KEY and _NAMES.fullmatch(plain) is not None


def masked(text: str) -> str:
    """Return a text in which every secret is masked; the text itself where there is none."""
    text = with_masked_addresses(text)
    text = _SCHEME.sub(lambda found: f"{found[1]}{found[2]}{MASK}", text)
    pieces, done = [], 0
    for found in _NAMED.finditer(text):
        value = _VALUE.match(text, found.end())
        if value is not None and found.start() >= done and is_secret(found[1]):
            pieces += [text[done : found.end()], MASK]
            done = value.end()
    text = "".join([*pieces, text[done:]])
    return _FORMS.sub(MASK, text)


def with_masked_addresses(text: str) -> str:
    """Return a text without passwords and tokens in its addresses."""
    return _ADDRESS.sub(lambda found: _address(found[0]), text)


def _parameter(text: str) -> str:
    """Return a name and its value in an address, a secret value masked; the name may be written in percent codes."""
    name, _, value = text.partition("=")
    plain = re.sub(r"[^a-z0-9]", "", unquote_plus(name)[:LONGEST_NAME].lower())
    return f"{name}={MASK}" if value and _QUERY.fullmatch(plain) else text


def _address(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:  # what cannot be read is not repeated
        return f"{address.partition('://')[0]}://{MASK}"
    place = parts.netloc
    if "@" in place:
        user, _, host = place.rpartition("@")
        place = f"{user.partition(':')[0]}:{MASK}@{host}" if ":" in user else f"{MASK}@{host}"
    query = "&".join(map(_parameter, parts.query.split("&")))
    if (place, query) == (parts.netloc, parts.query):
        return address
    return urlunsplit(parts._replace(netloc=place, query=query))
