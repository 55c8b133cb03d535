"""One request on its way out: rewritten, sent, and sent once more as it was where the rewriting was refused."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from headroom_nb.errors import UnknownModelError, WorkStoppedError
from headroom_nb.formats import find_documents, find_images
from headroom_nb.formats.model_choice import choose_model
from headroom_nb.formats.text_images import holds_text_images
from headroom_nb.formats.unread import unread
from headroom_nb.formats.walk import read_messages
from headroom_nb.integrations.looking import Looking, again, is_stream, replayed
from headroom_nb.integrations.outgoing import Prepared
from headroom_nb.integrations.refusals import REFUSALS, may_be_ours
from headroom_nb.integrations.usage import compare_bill
from headroom_nb.pipeline.zooming import LOOK
from headroom_nb.runtime.background import BACKGROUND, run_within
from headroom_nb.runtime.passing import goes_as_it_is
from headroom_nb.runtime.statuses import status_of
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

    from headroom_nb.compressor import ImageCompressor
    from headroom_nb.costs import ModelSpec
    from headroom_nb.integrations.metering import Meter
    from headroom_nb.integrations.outgoing import Outgoing, Route

Request = TypeVar("Request")

MAX_SECONDS = 20.0
"""How long a request may be prepared before it goes out as it was."""

MOST_SHOWN = 200
"""Characters of a provider's refusal that the meter repeats."""


@dataclass
class Sender:
    """What a wrapped client carries: how to decide, and what came of it."""

    compressor: ImageCompressor
    meter: Meter
    on: bool = field(default=True)
    max_seconds: float | None = MAX_SECONDS

    def send(self, route: Route, request: Request, do: Callable[[Request], Any]) -> Any:
        """Send a request, rewritten where that helps; what the provider raises for the original is raised."""
        prepared = self._in_time(route, request)
        rewritten = self._rewritten(route, request, prepared)
        if rewritten is None:
            return self._done(prepared, do(request))
        try:
            response = first = do(rewritten)
            looking = self._looking(prepared)
            if looking is not None:
                response = self._rounds(route, request, looking, do, first)
        except Exception as error:
            if not may_be_ours(error):
                raise
            refusal = error
        else:
            self._looked(prepared, looking, first)
            return do(request) if looking is not None and looking.gave_up else response
        response = do(request)
        self._refused(prepared, refusal)
        return response

    async def send_async(self, route: Route, request: Request, do: Callable[[Request], Awaitable[Any]]) -> Any:
        """Send a request of an asynchronous client."""
        # In a thread: reading text may take seconds, and the event loop has others to serve.
        prepared = await self._in_time_async(route, request)
        rewritten = self._rewritten(route, request, prepared)
        if rewritten is None:
            return self._done(prepared, await do(request))
        try:
            response = first = await do(rewritten)
            looking = self._looking(prepared)
            if looking is not None:
                response = await self._rounds_async(route, request, looking, do, first)
        except Exception as error:
            if not may_be_ours(error):
                raise
            refusal = error
        else:
            self._looked(prepared, looking, first)
            return await do(request) if looking is not None and looking.gave_up else response
        response = await do(request)
        self._refused(prepared, refusal)
        return response

    def stream(self, route: Route, request: Request, do: Callable[[Request], Iterator[Any]]) -> Iterator[Any]:
        """Send a request whose answer is a generator, which is refused only when it is first asked for an item."""
        prepared = self._in_time(route, request)
        rewritten = self._rewritten(route, request, prepared)
        if rewritten is not None:
            looking = self._looking(prepared)
            try:
                items = iter(do(rewritten))
                if looking is not None:
                    items = iter(self._stream_rounds(route, request, looking, do, list(items)))
                first = next(items, None)
            except Exception as error:
                if not may_be_ours(error):
                    raise
                refusal = error
            else:
                self._looked(prepared, looking, None)
                if looking is not None and looking.gave_up:
                    yield from do(request)
                    return
                if first is not None:
                    yield first
                yield from items
                return
            yield from do(request)
            self._refused(prepared, refusal)
            return
        self._done(prepared, None)
        yield from do(request)

    async def stream_async(
        self, route: Route, request: Request, do: Callable[[Request], Awaitable[AsyncIterator[Any]]]
    ) -> AsyncIterator[Any]:
        """Send a request whose answer is an asynchronous generator."""
        prepared = await self._in_time_async(route, request)
        rewritten = self._rewritten(route, request, prepared)
        if rewritten is not None:
            refusal, looking = None, self._looking(prepared)
            try:
                items = await do(rewritten)
                if looking is not None:
                    events = [event async for event in items]
                    items = again(await self._stream_rounds_async(route, request, looking, do, events))
                first = await anext(items, None)
            except Exception as error:
                if not may_be_ours(error):
                    raise
                refusal = error
            if refusal is None:
                self._looked(prepared, looking, None)
                if looking is not None and looking.gave_up:
                    items, first = await do(request), None
                if first is not None:
                    yield first
                async for item in items:
                    yield item
                return
            async for item in await do(request):
                yield item
            self._refused(prepared, refusal)
            return
        self._done(prepared, None)
        async for item in await do(request):
            yield item

    def _in_time(self, route: Route, request: Any) -> list[Prepared]:
        """Return the request's conversations as they would go out; as they are where that takes too long."""
        read: list[Outgoing] = []
        try:
            return run_within(self.max_seconds, partial(self._prepare_all, route, request, read))
        except WorkStoppedError as late:
            return self._late(read, late)

    async def _in_time_async(self, route: Route, request: Any) -> list[Prepared]:
        read: list[Outgoing] = []
        try:
            return await BACKGROUND.run_within(self.max_seconds, partial(self._prepare_all, route, request, read))
        except WorkStoppedError as late:
            return self._late(read, late)

    def _late(self, read: Sequence[Outgoing], late: WorkStoppedError) -> list[Prepared]:
        """Return the conversations as they are, as far as they were read: none is read here, where a loop may run."""
        why = f"{late}, so the request went out as it was; wrap(client, max_seconds=…) allows more"
        if not read:
            self.meter.fail(why)
        return [Prepared(each, failure=f"{each.name}: {why}") for each in read]

    def _prepare_all(self, route: Route, request: Any, read: list[Outgoing]) -> list[Prepared]:
        """Return the request's conversations as they would go out, and put them into a list as soon as they are read.

        Raises UnknownModelError with ``strict`` alone.
        """
        if not self.on or goes_as_it_is():
            return []
        try:
            found = route.read(request)
        except Exception as error:  # noqa: BLE001 - the user's request goes out whatever happens here
            checkpoint()  # too late to be counted
            self.meter.fail(f"{type(error).__name__}: {error}")
            return []
        read.extend(found)
        return [self._prepare(each) for each in found]

    def _prepare(self, outgoing: Outgoing) -> Prepared:
        try:
            extracts = self.compressor.options.text_images == "extract"
            read = read_messages(outgoing.document)
            images = find_images(outgoing.document, read)
            to_rewrite = images or find_documents(outgoing.document, read)
            if not to_rewrite and not (extracts and holds_text_images(outgoing.document)):
                return Prepared(outgoing, unread=unread(read, outgoing.document))
            spec = self._spec(outgoing)
            withheld = REFUSALS.of(outgoing.host, spec.name)
            if withheld.everything:
                return Prepared(outgoing, failure=f"{outgoing.name}: {spec.name} refused rewritten images before")
            spec = withheld.applied(outgoing.reach(spec))
            if images and self._may_zoom(outgoing):
                zoomed = self.compressor.run(outgoing.document, model=spec)
                if zoomed.zoom_ids:
                    return Prepared(outgoing, zoomed, spec)
                self.meter.warn(zoomed.warnings)  # such as why there is no zoom
            if outgoing.general is not None and spec.level_formats != ():
                result = outgoing.general(outgoing.document, spec, self.compressor)
                if result is not None:
                    return Prepared(outgoing, result, spec, general=True)
            return Prepared(outgoing, self.compressor.run(outgoing.document, model=spec, zoom=False), spec)
        except UnknownModelError:
            raise  # the user asked for it: strict
        except Exception as error:  # noqa: BLE001 - the user's request goes out whatever happens here
            return Prepared(outgoing, failure=f"{outgoing.name}: {type(error).__name__}: {error}")

    def _may_zoom(self, outgoing: Outgoing) -> bool:
        """Return whether the model may be let to look closer: where its calls can be answered, and in no audit."""
        if not self.compressor.options.zoom or self.meter.audit or not outgoing.counted:
            return False
        if not outgoing.zooms:
            self.meter.warn(
                (f"zoom was left out: in {outgoing.name} no call of {LOOK.name} can be answered in between",)
            )
        return outgoing.zooms

    def _looking(self, prepared: Sequence[Prepared]) -> Looking | None:
        """Return the rounds of a request whose images can be looked at closer."""
        result = prepared[0].result if len(prepared) == 1 else None
        return Looking(result.messages) if result is not None and result.zoom_ids else None

    def _looked(self, prepared: Sequence[Prepared], looking: Looking | None, first: Any) -> None:
        """Count a request and the rounds after it; the estimate was for the first answer's bill."""
        self._done(prepared, first)
        if looking is None:
            return
        self.meter.look(looking.rounds, looking.tokens, prepared[0].model)
        if looking.failure:
            self.meter.fail(f"{prepared[0].outgoing.name}: {looking.failure}", requests=0)

    def _rounds(
        self, route: Route, request: Request, looking: Looking, do: Callable[[Request], Any], first: Any
    ) -> Any:
        """Return the final answer: calls of our tool are answered until there is one."""
        response = first
        while True:
            events = list(response) if is_stream(response) else None
            document = looking.next(response, events)
            if document is None:
                break
            response = do(route.write(request, [document]))
        return response if events is None else replayed(response, events)

    async def _rounds_async(
        self, route: Route, request: Request, looking: Looking, do: Callable[[Request], Awaitable[Any]], first: Any
    ) -> Any:
        response = first
        while True:
            events = [event async for event in response] if is_stream(response) else None
            document = await BACKGROUND.run(looking.next, response, events)
            if document is None:
                break
            response = await do(route.write(request, [document]))
        return response if events is None else replayed(response, events)

    def _stream_rounds(
        self, route: Route, request: Request, looking: Looking, do: Callable[[Request], Iterator[Any]], first: list[Any]
    ) -> list[Any]:
        """Return the events of the final answer, where answers come as generators."""
        events = first
        while (document := looking.next(None, events)) is not None:
            events = list(do(route.write(request, [document])))
        return events

    async def _stream_rounds_async(
        self,
        route: Route,
        request: Request,
        looking: Looking,
        do: Callable[[Request], Awaitable[AsyncIterator[Any]]],
        first: list[Any],
    ) -> list[Any]:
        events = first
        while (document := await BACKGROUND.run(looking.next, None, events)) is not None:
            events = [event async for event in await do(route.write(request, [document]))]
        return events

    def _spec(self, outgoing: Outgoing) -> ModelSpec:
        """Return whose bill it is; the provider's default for a name that nobody knows, and the meter says so.

        Raises UnknownModelError for such a name with ``strict``.
        """
        options = self.compressor.options
        spec, _ = choose_model(
            outgoing.document,
            model=options.model,
            provider=outgoing.provider or options.provider,
            default_model=options.default_model,
            strict=options.strict,
        )
        if not spec.guessed:
            return spec
        self.meter.note = f"{spec.note}; wrap(client, model=…) names another"
        return replace(spec, level_formats=())  # an estimate: no detail level that it may not take

    def _rewritten(self, route: Route, request: Request, prepared: Sequence[Prepared]) -> Request | None:
        """Return the request to send instead; None where it goes out as it is."""
        if self.meter.audit or not any(each.changed for each in prepared):
            return None
        try:
            rewritten: Request = route.write(request, [each.document for each in prepared])
        except Exception as error:  # noqa: BLE001 - the user's request goes out whatever happens here
            self.meter.fail(f"{type(error).__name__}: {error}", requests=0)
            return None
        return rewritten

    def _done(self, prepared: Sequence[Prepared], response: Any) -> Any:
        """Count what went through, and compare the estimate with the response's bill, where it carries one."""
        for each in prepared:
            if not each.outgoing.counted:
                continue
            self.meter.warn(each.warnings)
            if each.failure:
                self.meter.fail(each.failure)
            else:
                self.meter.add(each.result)
        if len(prepared) == 1 and prepared[0].outgoing.counted:
            self._check_bill(prepared[0], response)
        return response

    def _check_bill(self, prepared: Prepared, response: Any) -> None:
        result, model = prepared.result, prepared.model
        if result is None or model is None:
            return
        try:
            sent = result.original if self.meter.audit else result.messages
            found = compare_bill(result, response, sent=sent, model=model)
        except Exception as error:  # noqa: BLE001 - the user's response is handed on whatever happens here
            self.meter.fail(f"{prepared.outgoing.name}: the bill could not be read: {error}", requests=0)
            return
        if found is not None:
            self.meter.check(found)

    def _refused(self, prepared: Sequence[Prepared], error: Exception) -> None:
        """Say that the original went out and was taken, and stop using what was refused."""
        status = status_of(error)
        why = f"{'' if status is None else f'{status} '}{' '.join(str(error).split())[:MOST_SHOWN]}"
        for each in prepared:
            result = each.result
            if result is None or not each.changed:
                self.meter.add(None)
                continue
            feature = REFUSALS.add(each.outgoing.host, result.model, result, level=each.general, error=error)
            self.meter.fail(
                f"{each.outgoing.name}: the rewritten request was refused ({why}), so the original was sent; "
                f"{result.model} is sent no {feature} any more"
            )
