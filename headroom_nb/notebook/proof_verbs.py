"""The verbs that ask the user's own model: prove, calibrate, verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.notebook import targets
from headroom_nb.runtime.words import unquote

if TYPE_CHECKING:
    from headroom_nb.notebook.call import Call
    from headroom_nb.records.calibration import Calibration
    from headroom_nb.records.proof import Proof
    from headroom_nb.records.verification import LearnedRule, Verification
    from headroom_nb.rendering.tables import Table


def prove(call: Call) -> Proof:
    """Ask the user's model with and without compression."""
    from headroom_nb.proof.prove import prove as run

    values = call.command.values
    qualities = values.get("--qualities")
    return run(
        _conversations(call),
        _client(call),
        n=_whole(values.get("--questions"), 20),
        model=values.get("--model"),
        qualities=None if qualities is None else [name for name in qualities.split(",") if name],
        yes=call.switch("yes"),
        max_usd=_dollars(values.get("--max-usd")),
        options=call.options,
    )


def calibrate(call: Call) -> Calibration | Table:
    """Measure what the user's model reads; show, forget, write or take a profile."""
    from headroom_nb.proof import calibrate as proof

    values = call.command.values
    model = values.get("--model")
    if "--load" in values:
        return proof.import_calibration(values["--load"])
    if call.switch("show") and model is None:
        return _stored(proof.calibrations())
    if model is None:
        raise OptionError("name the model: %headroom calibrate --client client --model NAME")
    if call.switch("show") or "--save" in values:
        found = proof.calibration_of(model)
        if "--save" in values:
            found.save(values["--save"])
        return found
    if call.switch("forget"):
        proof.forget_calibration(model)
        return _stored(proof.calibrations())
    return proof.calibrate(_client(call), model, yes=call.switch("yes"), max_usd=_dollars(values.get("--max-usd")))


def verify(call: Call) -> Verification | LearnedRule:
    """Compare our bill with the provider's count, or learn the rule of an unknown model."""
    from headroom_nb.proof.verify import verify as run

    probe = call.switch("probe")
    return run(
        None if probe else call.document()[0],
        _client(call),
        model=call.command.values.get("--model"),
        probe=probe,
        paid=call.switch("paid"),
        own_images=call.switch("own-images"),
        yes=call.switch("yes"),
        options=call.options,
    )


def _stored(found: list[Calibration]) -> Table:
    from headroom_nb.rendering.figures import many
    from headroom_nb.rendering.tables import Column, Table

    return Table(
        headline=many(len(found), "calibrated model"),
        columns=(Column("Model"), Column("Measured"), Column("Reads strings from, px", figure=True)),
        rows=tuple((each.model, each.date, f"{each.reads_from('exact') or '–'}") for each in found),
        caption="Profiles of your own that compression goes by",
        lines=("--forget takes one away; --save FILE writes one to be shared, --load FILE takes one.",),
    )


def _client(call: Call) -> Any:
    name = call.command.values.get("--client")
    if name is None:
        raise OptionError(f"name your client: %headroom {call.command.verb.name} … --client client")
    return targets.evaluate(name, call.namespace)


def _conversations(call: Call) -> Any:
    """Return the conversations that a variable or a file holds."""
    target = unquote(call.command.target or "")
    if call.body is None and target and target not in call.namespace and Path(target).expanduser().is_file():
        return target
    return call.value()


def _whole(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdecimal():
        raise OptionError(f"--questions is a whole number, not {text}")
    return int(text)


def _dollars(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text.removeprefix("$"))
    except ValueError as error:
        raise OptionError(f"--max-usd is a number of dollars, not {text}") from error
