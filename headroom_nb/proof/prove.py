"""Does my model still answer my questions? Paired answers of the user's own client, with and without compression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.compressor import compress
from headroom_nb.costs import count_text
from headroom_nb.errors import OptionError
from headroom_nb.formats.model_choice import choose_model
from headroom_nb.formats.question import text_of
from headroom_nb.formats.walk import read_messages
from headroom_nb.options import Options, takes_options
from headroom_nb.proof.answers import compare_answers
from headroom_nb.proof.asking import AnswerStore, Ask, Asker, Purse
from headroom_nb.proof.cases import cases_of, without_images
from headroom_nb.proof.clients import Caller, body_of, door_for
from headroom_nb.proof.consent import ProgressLine, may_spend
from headroom_nb.proof.statistics import mcnemar, most_lost, wilson
from headroom_nb.records import QUALITIES
from headroom_nb.records.proof import Answer, Arm, Proof, ProvenCase, Verdict
from headroom_nb.rendering import figures
from headroom_nb.rendering.figures import many

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.proof.answers import Judge
    from headroom_nb.proof.asking import Run
    from headroom_nb.proof.cases import Case

ORIGINAL, AGAIN, BLIND = "original", "original again", "no image"

SIGNIFICANT = 0.05
"""p-value under which a loss counts as harm."""

RUBRIC = """Two answers to the same question about an image follow. Do they state the same facts? Numbers, names, dates
and codes must be equal; wording, order and politeness do not matter; one that says it cannot tell is not the same as
one that tells. Reply with the single word SAME or DIFFERENT.

Question: {question}

Answer 1: {first}

Answer 2: {second}"""


@takes_options
def prove(
    messages: Any,
    client: Any,
    *,
    n: int = 20,
    repeats: int = 2,
    model: str | None = None,
    qualities: Sequence[str] | str | None = None,
    blind: bool = True,
    margin: float = 0.1,
    judge: Judge | tuple[Any, str] | None = None,
    yes: bool = False,
    max_usd: float | None = None,
    concurrency: int = 4,
    resume: bool = True,
    progress: bool = True,
    seed: int = 0,
    options: Options | None = None,
    **choices: Any,
) -> Proof:
    """Ask your own model your own questions, with the images as they are and as they would be sent, and compare.

    Each question is asked with the original (``repeats`` times: how often the model disagrees with itself is the
    noise), with each compressed form, and without any image (what it answers then needs none). First it says what that
    costs, and asks. An interrupt gives what is there; a run that was stopped or killed goes on without paying again.

    Parameters
    ----------
    messages
        A conversation or request body, a list of these, or the path of a JSON or JSON Lines file of them. Every turn in
        which a user sent an image is a question.
    client
        Any client that can be asked; see :func:`headroom_nb.wrap`. A wrapped one is asked past its wrapping.
    n
        Questions at most; drawn where there are more.
    repeats
        How often the original is asked, at least twice.
    model
        Whom to ask; None reads it off the request.
    qualities
        What to compare, such as ``("balanced", "max")``; None takes the quality of the options.
    blind
        Whether to ask without any image as well.
    margin
        Share of the answers that a harmless form loses less than, with 95 % confidence.
    judge
        Decides where the rules find a difference: a function of question and two answers, or a pair of client and model
        name, asked with a fixed rubric. None goes by the rules alone.
    yes
        Do not ask before paying.
    max_usd
        Stop before more than so many dollars are spent, and do not ask.
    concurrency
        Requests under way at the same time.
    resume
        Keep answers in the user's cache folder, and use those that are there.
    progress
        Whether to write a line with the answers and the cost so far.
    seed
        Of the draw of questions.
    options
        Every choice for what is sent instead, as one object.
    **choices
        Single options by name; :class:`headroom_nb.Options` lists them.

    Raises
    ------
    OptionError
        It is no client, no model or quality is known, or it may not be spent.
    MessageError
        No user sent an image in the messages.
    """
    if repeats < 2 or n < 1 or not 0 < margin < 1:
        raise OptionError("prove takes n ≥ 1, repeats ≥ 2 and a margin between 0 and 1")
    chosen = Options.of(options, **choices)
    wanted = (qualities,) if isinstance(qualities, str) else tuple(qualities or (chosen.quality,))
    if unknown := [each for each in wanted if each not in QUALITIES]:
        raise OptionError(f"quality {unknown[0]!r} is not known; use {', '.join(QUALITIES)}")
    cases = cases_of(messages, n, seed)
    found, door = door_for(client, cases[0].document)
    named = model or chosen.model
    bodies = {case.place: body_of(case.document, door, named) for case in cases}
    spec, _ = choose_model(bodies[cases[0].place], model=named)
    results = {
        quality: {place: compress(body, options=Options.of(chosen, quality=quality)) for place, body in bodies.items()}
        for quality in wanted
    }
    whole = {place: result.original_tokens for place, result in results[wanted[0]].items()}
    plan = _Plan(cases, bodies, spec)
    plan.add(ORIGINAL, bodies, whole)
    for repeat in range(1, repeats):
        plan.add(AGAIN if repeat == 1 else f"{AGAIN} {repeat}", bodies, whole, repeat)
    for quality, made in results.items():
        smaller = {place: result.compressed_tokens for place, result in made.items()}
        plan.add(f"compressed {quality}", {place: result.messages for place, result in made.items()}, smaller)
    if blind:
        plan.add(BLIND, {place: without_images(body) for place, body in bodies.items()}, dict.fromkeys(bodies, 0))
    purse = Purse(spec.usd_per_million_tokens, max_usd)
    may_spend(plan.said(purse), None if purse.usd_per_million is None else plan.usd(purse), yes=yes, max_usd=max_usd)
    with Caller(found, door) as caller:
        store = AnswerStore.of_user() if resume else AnswerStore(None)
        asker = Asker(caller, store, purse, concurrency=concurrency, tell=ProgressLine() if progress else None)
        run = asker.run(plan.asks())
    decide = _judge(judge, store, purse)
    proven = [_case(case, plan, run, decide) for case in cases]
    arms = tuple(_arm(name, proven, plan, spec, margin) for name in plan.arms if name != ORIGINAL)
    return Proof(
        spec.name,
        tuple(case for case in proven if case.answers),
        arms,
        margin,
        None if purse.usd_per_million is None else round(purse.spent, 6),
        run.asked,
        run.reused,
        tuple(_notes(run, plan, store)),
        complete=not run.stopped and not any(answer.error for answer in run.answers.values()),
    )


class _Plan:
    """Every request of a proof, by case and arm."""

    def __init__(self, cases: Sequence[Case], bodies: Mapping[str, Any], spec: ModelSpec) -> None:
        self.cases, self._bodies, self._spec = cases, bodies, spec
        self.arms: list[str] = []
        self.sent: dict[tuple[str, str], Any] = {}
        self.tokens: dict[tuple[str, str], int] = {}
        self.repeats: dict[str, int] = {}
        self.unchanged: set[tuple[str, str]] = set()

    def add(self, name: str, bodies: Mapping[str, Any], images: Mapping[str, int], repeat: int = 0) -> None:
        """Add an arm: what is sent for each case, the tokens of its images, and which of equal requests it is."""
        self.arms.append(name)
        self.repeats[name] = repeat
        for case in self.cases:
            body = bodies[case.place]
            if body == self._bodies[case.place] and not repeat and name != ORIGINAL:
                self.unchanged.add((case.place, name))  # the answer of the original, asked again, is its answer
            self._put(case.place, name, body, images[case.place])

    def _put(self, place: str, name: str, body: Any, images: int) -> None:
        texts = [text for each in read_messages(body) for block in each.blocks if (text := text_of(block.value))]
        self.sent[place, name] = body
        self.tokens[place, name] = images + sum(count_text(text, self._spec).tokens for text in texts)

    def asks(self) -> list[Ask]:
        """Return every request, case by case, so that a run that is stopped has whole cases."""
        return [
            Ask((case.place, name), self.sent[case.place, name], self.tokens[case.place, name], self.repeats[name])
            for case in self.cases
            for name in self.arms
            if (case.place, name) not in self.unchanged
        ]

    def usd(self, purse: Purse) -> float:
        """Return what all of it costs at most."""
        return sum(purse.price(ask.tokens, purse.answer_tokens) for ask in self.asks())

    def said(self, purse: Purse) -> str:
        """Return what will be sent, a line for each arm."""
        asks = self.asks()
        lines = [
            f"{many(len(self.cases), 'question')} to {self._spec.name}, {many(len(asks), 'request')} with your images:"
        ]
        for name in self.arms:
            own = [ask for ask in asks if ask.name[1] == name]
            usd = sum(purse.price(ask.tokens, purse.answer_tokens) for ask in own)
            cost = "" if purse.usd_per_million is None else f", about {figures.usd(usd)}"
            lines.append(
                f"  {name}: {many(len(own), 'request')}, {many(sum(ask.tokens for ask in own), 'input token')}{cost}"
            )
        return "\n".join(lines)


def _case(case: Case, plan: _Plan, run: Run, judge: Judge | None) -> ProvenCase:
    """Return a case's answers, each compared with the first."""
    answers: dict[str, Answer] = {}
    for name in plan.arms:
        same = (case.place, name) in plan.unchanged
        found = run.answers.get((case.place, AGAIN if same else name))
        if found is not None:
            answers[name] = found
    reference = answers.get(ORIGINAL)
    verdicts: dict[str, Verdict] = {}
    if reference is not None and not reference.error:
        for name, answer in answers.items():
            if name != ORIGINAL and not answer.error:
                verdicts[name] = compare_answers(reference.text, answer.text, case.question, judge)
    sent = {name: plan.sent[case.place, name] for name in plan.arms}
    return ProvenCase(case.place, case.question, answers, verdicts, sent)


def _arm(name: str, cases: Sequence[ProvenCase], plan: _Plan, spec: ModelSpec, margin: float) -> Arm:
    """Return what an arm kept, against asking the original again."""
    judged = [case.verdicts[name] for case in cases if name in case.verdicts]
    kept = sum(verdict.kept for verdict in judged)
    pairs = [
        (case.verdicts[AGAIN].kept, case.verdicts[name].kept) for case in cases if {AGAIN, name} <= case.verdicts.keys()
    ]
    lost, gained = pairs.count((True, False)), pairs.count((False, True))
    p_value, bound = mcnemar(lost, gained), most_lost(lost, gained, len(pairs))
    compared = name.startswith("compressed")
    verdict = "undecided"
    if p_value < SIGNIFICANT:
        verdict = "harmful"
    elif pairs and bound < margin:
        verdict = "harmless"
    both = [
        (case.place, case.answers[ORIGINAL].input_tokens, case.answers[name].input_tokens)
        for case in cases
        if {ORIGINAL, name} <= case.answers.keys()
    ]
    billed = [(place, one, two) for place, one, two in both if one is not None and two is not None]
    price = spec.usd_per_million_tokens
    saved = sum(one - two for _, one, two in billed) / len(billed) if billed else None
    estimated = [plan.tokens[place, name] for place, _, _ in both]
    return Arm(
        name,
        len(judged),
        kept,
        *wilson(kept, len(judged)),
        judged.count(Verdict.ABSTAINS),
        judged.count(Verdict.REFUSES),
        judged.count(Verdict.CONTRADICTS),
        lost,
        gained,
        p_value,
        bound,
        verdict if compared else "",
        sum(estimated) / len(estimated) if estimated else None,
        sum(two for _, _, two in billed) / len(billed) if billed else None,
        None if saved is None or price is None else saved * price * 1000 / 1e6,
    )


def _notes(run: Run, plan: _Plan, store: AnswerStore) -> list[str]:
    notes = [f"stopped: {run.stopped}; run it again to go on"] if run.stopped else []
    if store.failure:
        notes.append(store.failure)
    failed = [answer.error for answer in run.answers.values() if answer.error]
    if failed:
        notes.append(f"not answered: {many(len(failed), 'request')} ({', '.join(sorted(set(failed)))})")
    for name in plan.arms:
        same = sum(arm == name for _, arm in plan.unchanged)
        if same:
            notes.append(
                f"{name}: {same} of {many(len(plan.cases), 'question')} sent unchanged, and so not asked again"
            )
    return notes


def _judge(judge: Judge | tuple[Any, str] | None, store: AnswerStore, purse: Purse) -> Judge | None:
    """Return the judge as a function."""
    if judge is None or callable(judge):
        return judge
    client, model = judge
    found, door = door_for(client)
    write = "text" if door.wire != "openai_responses" else "input_text"

    def decide(question: str, first: str, second: str) -> bool:
        asked = RUBRIC.format(question=question, first=first, second=second)
        turn = (
            {"role": "user", "parts": [{"text": asked}]}
            if door.wire == "google"
            else {
                "role": "user",
                "content": asked if door.wire in {"openai", "ollama"} else [{"type": write, "text": asked}],
            }
        )
        with Caller(found, door) as caller:
            run = Asker(caller, store, purse, concurrency=1).run([Ask("judge", body_of([turn], door, model))])
        answer = run.answers.get("judge", Answer(""))
        return answer.text.strip().upper().startswith("SAME")

    return decide
