"""Traces over OTLP/HTTP. OpenTelemetry is imported when a process is told where to send them, never else."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from psycopg.abc import Query

from banyan.observing.scrub import scrubbed, text_of, verb_of

LONGEST_TEXT = 2_000
_BROKEN = 500
_NANO = 1_000_000_000


@dataclass(frozen=True)
class RequestSpan:
    """The span of one request, named when its route is known."""

    span: Any

    def answered(self, method: str, route: str, status: int) -> None:
        from opentelemetry.trace import Status, StatusCode

        self.span.update_name(f"{method} {route}")
        self.span.set_attributes(
            {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        )
        if status >= _BROKEN:
            self.span.set_status(Status(StatusCode.ERROR))

    def failed(self, method: str, route: str) -> None:
        """The request ended with an exception nobody expected; its words may hold values and stay out."""
        self.answered(method, route, _BROKEN)


class Tracing:
    """Spans of this process, sent in batches by a thread of the library."""

    def __init__(self, endpoint: str, process: str, version: str) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        resource = Resource.create(
            {"service.name": "banyan", "service.version": version, "banyan.process": process}
        )
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
        self._tracer = self._provider.get_tracer("banyan")

    @contextlib.contextmanager
    def request(self, method: str, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[RequestSpan]:
        """A span around a request, under the caller's own where it sends one (W3C trace context)."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in headers
            if name in (b"traceparent", b"tracestate")
        }
        parent = TraceContextTextMapPropagator().extract(carrier) if carrier else None
        with self._tracer.start_as_current_span(
            method, parent, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            yield RequestSpan(span)

    @contextlib.contextmanager
    def job(self, name: str) -> Iterator[None]:
        """A span around a job. Of an exception only its kind is told."""
        from opentelemetry.trace import SpanKind, Status, StatusCode

        with self._tracer.start_as_current_span(
            f"job {name}",
            kind=SpanKind.CONSUMER,
            attributes={"banyan.job": name},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR))
                span.set_attribute("error.type", type(error).__name__)
                raise

    def statement(self, query: Query, seconds: float) -> None:
        """A span of a statement that has ended, within that of its request or job; outside of both there is none."""
        from opentelemetry.trace import SpanKind, get_current_span

        if not get_current_span().is_recording():
            return
        text = scrubbed(text_of(query))
        ended = time.time_ns()
        span = self._tracer.start_span(
            verb_of(text),
            kind=SpanKind.CLIENT,
            start_time=ended - int(seconds * _NANO),
            attributes={"db.system.name": "postgresql", "db.query.text": text[:LONGEST_TEXT]},
        )
        span.end(ended)

    def close(self) -> None:
        """Send what waits; waits shortly for a collector that does not answer."""
        self._provider.force_flush(2_000)
        self._provider.shutdown()
