"""What is asked for in one word and printed in another: "serial number" and S/N, "the total" and AMOUNT DUE.

All in the form :func:`headroom_nb.techniques.regions.fold` gives: lower case, no accents, no hyphens.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Concept:
    """Something people ask for in documents.

    Attributes
    ----------
    asked
        Phrases that name it in a question.
    printed
        Phrases that label it in an image; looked for as whole words.
    looks
        A pattern the value itself follows where it needs no label, or an empty string.
    vague
        Whether it says little where something else is named too: "the price of the tea" stands where the tea does.
    """

    asked: tuple[str, ...]
    printed: tuple[str, ...]
    looks: str = ""
    vague: bool = False


CONCEPTS = (
    Concept(("subtotal", "sub total", "before tax", "net amount"), ("subtotal", "sub total", "net", "netto")),
    Concept(
        ("total", "grand total", "amount due", "how much did", "total cost", "summe", "gesamt", "gesamtbetrag"),
        ("total", "grand total", "amount due", "balance due", "total due", "to pay", "summe", "gesamt", "gesamtbetrag"),
    ),
    Concept(
        ("montant total", "total a pagar", "a payer"), ("total", "total ttc", "montant", "importe", "total a pagar")
    ),
    Concept(("tax", "vat", "gst", "mwst", "tva", "iva"), ("tax", "vat", "gst", "mwst", "ust", "tva", "iva")),
    Concept(("discount", "rebate", "rabatt"), ("discount", "rebate", "savings", "rabatt", "remise")),
    Concept(("change", "change given"), ("change", "change due", "ruckgeld")),
    Concept(("cash", "paid in cash"), ("cash", "tendered", "cash tendered", "bar")),
    Concept(("tip", "gratuity"), ("tip", "gratuity")),
    Concept(
        ("serial number", "serial no", "serial", "seriennummer"),
        ("s/n", "sn", "serial", "serial no", "serial number", "ser no", "seriennummer"),
    ),
    Concept(("model number", "model name", "which model"), ("model", "m/n", "model no", "modell", "modele")),
    Concept(
        ("invoice number", "invoice no", "rechnungsnummer", "number of the invoice"),
        (
            "invoice no",
            "invoice number",
            "invoice #",
            "inv no",
            "invoice",
            "rechnungsnummer",
            "rechnung nr",
            "facture n",
        ),
    ),
    Concept(
        ("order number", "order no", "order id", "bestellnummer"),
        ("order no", "order number", "order #", "order id", "order", "bestellnummer"),
    ),
    Concept(
        ("expiry date", "expiration date", "expire", "expires", "best before", "use by"),
        ("exp", "expiry", "expires", "best before", "use by", "best by", "bb", "valid until"),
    ),
    Concept(("due date", "payment due", "deadline"), ("due", "due date", "payment due", "pay by", "deadline")),
    Concept(
        ("date", "what day", "datum", "fecha"),
        ("date", "dated", "datum", "fecha", "issued"),
        r"\b\d{1,4}[./]\d{1,2}[./]\d{1,4}\b"
        r"|\b\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d{4}\b"
        r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d{1,2},? \d{4}\b|\b\d{4} \d{2} \d{2}\b",
    ),
    Concept(
        ("phone", "phone number", "telephone", "telephone number", "tel", "telefon", "telefonnummer"),
        ("phone", "tel", "telephone", "call", "mobile", "telefon", "fon"),
        r"\+\d[\d ()]{8,}\d",
    ),
    Concept(("fax", "fax number"), ("fax",)),
    Concept(("email", "e mail", "mail address"), ("email", "e mail"), r"[\w.]+@[\w.]+"),
    Concept(("website", "url", "web address", "web site"), ("www", "website", "web"), r"\bwww\.|https?:|\.com\b"),
    Concept(("zip code", "postcode", "postal code"), ("zip", "postcode", "postal code")),
    Concept(("address", "adresse"), ("address", "adresse")),
    Concept(("price", "cost", "how much is"), ("price", "cost", "preis", "prix"), vague=True),
    Concept(("quantity", "how many units"), ("qty", "quantity", "menge", "units"), vague=True),
    Concept(("weight", "how heavy"), ("weight", "net wt", "wt", "gewicht"), vague=True),
    Concept(("account number", "iban"), ("account no", "account number", "account", "iban", "acct")),
    Concept(("customer number", "customer id"), ("customer no", "customer id", "customer number", "client no")),
    Concept(("birth", "date of birth", "born", "birthday"), ("dob", "date of birth", "birth date", "born")),
    Concept(("signature", "signed"), ("signature", "signed", "unterschrift")),
    Concept(("status", "state"), ("status", "state"), vague=True),
    Concept(("error", "error message", "went wrong"), ("error", "exception", "failed", "failure", "fehler", "erreur")),
)

STOP_WORDS = frozenset(
    """
    a about all an and any are as at be been being but by can could did do does doing done down for from get give
    given go had has have he her here hers him his how i if in into is it its just let like look looking may me
    mentioned might my no not now number of off on one only or our out over own please printed put read said say
    says see seen shall she should show shown shows so some stand stands such take tell than thank thanks that the
    their them then there these they thing this those to too under up upon us use used value very want was we were
    what whats what's when where which while who whom whose why will with word would write written yes you your
    image picture photo photograph screenshot page document text line row column find exact exactly located called
    name label entry field amount kind type item listed was wie ist der die das den dem ein eine und oder auf in
    im von zu mit fur bild seite steht welche welcher welches wo quel quelle est le la les un une des du de et ou
    sur dans que dit cual es el los las en por con
    """.split()  # noqa: SIM905
)
