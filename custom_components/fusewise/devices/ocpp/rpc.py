"""OCPP-J: calls and their answers over one line, so that nothing a charge point sends can do harm.

Messages, names and schemas are those of the `ocpp` package. Its `ChargePoint` class is not used, for what
it does wrong in 2.1.0, each tried out:

- `[2,"1",{},{}]` raises TypeError and ends the line; text that is not JSON gets no answer;
- NotImplemented and NotSupported are confused (OCPP-J 1.6, table 7: not known, and known but not supported);
- a schema violation of any kind is refused, after a validation of 400 µs (see `shapes`);
- a late or invented answer is kept in a queue for ever, or logged as an error with each next call;
- one time-out of 30 s for all calls, and a CALLERROR that comes back as None;
- keys are changed between camelCase and snake_case, which mangles those of vendors;
- every message is logged at INFO, every bad one with a traceback.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
import json
import logging
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ocpp import messages

from .pace import Pace
from .shapes import MissingFieldError, Payload, Shape, WrongFieldError
from .transport import WORDS, Line, LineClosedError
from .wire import excerpt, loggable, payload_of, read

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_LOGGER = logging.getLogger(__name__)

CALL, CALL_RESULT, CALL_ERROR = 2, 3, 4

NO_ID = "-1"  # where the message has no id that could be read (as OCPP 2.0.1 says)

ANSWER_TIME = 5.0  # s that a charger has; one that is seen to need longer gets it, up to …
LONGEST_ANSWER_TIME = 15.0  # … s, half the life of a limit

type Handler = Callable[[Payload], DataclassInstance]
"""Takes a call's payload, returns the answer's. Must not wait for a call of ours: answers come in order."""

# The package has no types.
_validator: Callable[[int, str, str], Any] = messages.get_validator


class CallErrorCode(StrEnum):
    """Why a call is refused, as OCPP-J 1.6 spells it."""

    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    INTERNAL = "InternalError"
    PROTOCOL = "ProtocolError"
    SECURITY = "SecurityError"
    FORMAT = "FormationViolation"
    TYPE = "TypeConstraintViolation"


class Fault(StrEnum):
    """What a charge point did wrong; the code in the log stays the same for ever."""

    NOT_JSON = "ocpp-not-json"
    MALFORMED = "ocpp-malformed"
    UNKNOWN_ACTION = "ocpp-unknown-action"
    INVALID_PAYLOAD = "ocpp-invalid-payload"
    REFUSED = "ocpp-refused"
    CARD_REFUSED = "ocpp-card-refused"
    NO_ANSWER = "ocpp-no-answer"
    UNEXPECTED_ANSWER = "ocpp-unexpected-answer"
    HANDLER_FAILED = "ocpp-handler-failed"


class RefuseCall(Exception):  # noqa: N818 - a handler's way to answer with a CALLERROR
    """The call cannot be answered."""

    def __init__(self, code: CallErrorCode, text: str) -> None:
        super().__init__(text)
        self.code = code


class CallRefusedError(Exception):
    """The charge point answered our call with a CALLERROR."""


class Rpc:
    """Answers a charge point's calls and makes ours, one at a time as OCPP-J wants it."""

    def __init__(
        self,
        identity: str,
        line: Line,
        *,
        actions: frozenset[str],
        handlers: Mapping[str, Handler],
        shapes: Mapping[str, Shape],
        pace: Pace,
    ) -> None:
        """`actions` are all that the version knows, `handlers` those that we answer, with their `shapes`.

        `pace` is shared with all others who would like to be answered now.
        """
        self._identity = identity
        self._line = line
        self._actions = actions
        self._handlers = handlers
        self._shapes = shapes
        self._pace = pace
        self._calling = asyncio.Lock()
        self._awaited: tuple[str, asyncio.Future[Payload]] | None = None
        self._abandoned: deque[str] = deque(maxlen=8)
        self._overdue: dict[str, float] = {}
        self._patience = ANSWER_TIME
        self._told: set[Fault] = set()

    async def serve(self) -> None:
        """Take messages until the line is closed."""
        try:
            while True:
                text = await self._line.recv()
                await self._pace.hearing.turn(len(text))
                await self._take(text)
        except LineClosedError as closed:
            _LOGGER.debug("%s: line closed: %s", self._identity, closed)
            if (fault := closed.fault) is not None:
                _LOGGER.warning(
                    "Charge point %s %s; the line is closed (%s)",
                    self._identity,
                    WORDS[fault],
                    fault,
                )
        finally:
            if self._awaited is not None and not self._awaited[1].done():
                self._awaited[1].set_exception(LineClosedError("closed before the answer came"))
            # They hold whoever holds us: what is in a circle waits for the garbage collector, which stops
            # everything for a tenth of a second and more when five hundred lines are cut at once.
            self._handlers = {}

    async def call(self, request: DataclassInstance) -> Payload:
        """Make a call, return the answer's payload.

        Raises TimeoutError, LineClosedError, CallRefusedError.
        """
        payload = payload_of(request)
        async with self._calling:
            key = str(uuid4())
            answer: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
            self._awaited = (key, answer)
            try:
                await self._pace.asking.turn()
                began = asyncio.get_running_loop().time()
                async with asyncio.timeout(self._patience):
                    await self._send([CALL, key, type(request).__name__, payload])
                    return await answer
            except TimeoutError:
                name = type(request).__name__
                self.complain(Fault.NO_ANSWER, f"did not answer {name} in {self._patience:g} s")
                self._overdue = {**dict([*self._overdue.items()][-7:]), key: began}
                raise
            except asyncio.CancelledError:
                self._abandoned.append(key)
                raise
            finally:
                self._awaited = None
                answer.cancel()

    async def close(self, reason: str) -> None:
        """Close the line."""
        await self._line.close(reason)

    async def _take(self, text: str | bytes) -> None:
        if _LOGGER.isEnabledFor(logging.DEBUG):
            _LOGGER.debug("%s: received %s", self._identity, loggable(text))
        try:
            message = read(text)
        except (ValueError, RecursionError) as error:
            self.complain(Fault.NOT_JSON, f"sent what is not JSON: {excerpt(text)}")
            await self._refuse(NO_ID, CallErrorCode.FORMAT, f"This is not JSON: {error}")
            return
        match message:
            case [2, str() | int() as key, str() as action, dict() | None as payload]:
                await self._answer(key, action, payload or {})
            case [3, str() as key, dict() | None as payload]:
                self._resolve(key, payload or {})
            case [4, str() as key, code, *rest]:
                self._resolve(key, CallRefusedError(f"{code} {rest[:1]}"))
            case [2, str() | int() as key, *_]:
                self.complain(Fault.MALFORMED, f"sent a malformed call: {excerpt(text)}")
                await self._refuse(
                    key, CallErrorCode.FORMAT, 'A call is [2,"<id>","<action>",{<payload>}]'
                )
            case [2, *_] | []:
                self.complain(Fault.MALFORMED, f"sent a call without an id: {excerpt(text)}")
                await self._refuse(NO_ID, CallErrorCode.FORMAT, "A call needs an id of its own")
            case [3 | 4, *_]:
                self.complain(Fault.MALFORMED, f"sent a malformed answer: {excerpt(text)}")
            case [int(), *_]:
                # OCPP-J 1.6, 4.1.3: a type that is not known is ignored.
                self.complain(Fault.MALFORMED, f"sent a message of unknown type: {excerpt(text)}")
            case _:
                self.complain(Fault.MALFORMED, f"sent what is not OCPP: {excerpt(text)}")
                await self._refuse(NO_ID, CallErrorCode.FORMAT, "A message is a JSON array")

    async def _answer(self, key: str | int, action: str, payload: dict[str, Any]) -> None:
        try:
            result = payload_of(self._handled(action, payload))
        except RefuseCall as refusal:
            await self._refuse(key, refusal.code, str(refusal))
        except Exception:
            _LOGGER.exception("%s: %s failed (%s)", self._identity, action, Fault.HANDLER_FAILED)
            await self._refuse(key, CallErrorCode.INTERNAL, "Fusewise's log says what failed")
        else:
            await self._send([CALL_RESULT, key, result])

    def _handled(self, action: str, payload: Payload) -> DataclassInstance:
        handler = self._handlers.get(action)
        if handler is None:
            said, action = action, _spelled(action, self._actions)
            handler = self._handlers.get(action)
        if handler is None:
            self.complain(Fault.UNKNOWN_ACTION, f"sent an action that is not served: {said[:50]!a}")
            if action in self._actions:
                raise RefuseCall(CallErrorCode.NOT_SUPPORTED, f"{action} is not served")
            raise RefuseCall(CallErrorCode.NOT_IMPLEMENTED, "This action is not known")
        try:
            fields = self._shapes[action].read(payload)
        except (MissingFieldError, WrongFieldError) as problem:
            self.complain(Fault.INVALID_PAYLOAD, f"sent an invalid {action}: {problem}")
            is_missing = isinstance(problem, MissingFieldError)
            code = CallErrorCode.PROTOCOL if is_missing else CallErrorCode.TYPE
            raise RefuseCall(code, str(problem)) from problem
        return handler(fields)

    def _resolve(self, key: str, answer: Payload | CallRefusedError) -> None:
        awaited = self._awaited
        is_given_up = awaited is not None and awaited[0] == key and awaited[1].cancelled()
        if is_given_up or key in self._abandoned:
            return  # we have given this call up, for example because the charger booted meanwhile
        if (began := self._overdue.pop(key, None)) is not None:
            # Whatever limit it was about: the higher of two counted, and it is told again.
            took = asyncio.get_running_loop().time() - began
            self._patience = min(max(self._patience, 1.5 * took), LONGEST_ANSWER_TIME)
            return
        if self._awaited is None or self._awaited[0] != key or self._awaited[1].done():
            # Late by more than ANSWER_TIME, doubled, or invented: nobody waits for it.
            self.complain(Fault.UNEXPECTED_ANSWER, "answered a call that nobody waits for")
        elif isinstance(answer, CallRefusedError):
            self._awaited[1].set_exception(answer)
        else:
            self._awaited[1].set_result(answer)

    async def _refuse(self, key: str | int, code: CallErrorCode, text: str) -> None:
        await self._send([CALL_ERROR, key, code, text[:255], {}])

    async def _send(self, message: list[Any]) -> None:
        text = json.dumps(message, separators=(",", ":"))
        if _LOGGER.isEnabledFor(logging.DEBUG):
            _LOGGER.debug("%s: send %s", self._identity, loggable(text))
        await self._line.send(text)

    def complain(self, fault: Fault, text: str) -> None:
        """Log what is wrong, once per kind and connection: a broken charger repeats it for ever."""
        level = logging.DEBUG if fault in self._told else logging.WARNING
        self._told.add(fault)
        _LOGGER.log(level, "Charge point %s %s (%s)", self._identity, text, fault)


def load_shapes(
    version: str, actions: Iterable[str], spared: Mapping[str, Iterable[str]]
) -> dict[str, Shape]:
    """Read the schemas from disk, which blocks. `spared` are fields of actions that need not be there."""
    return {
        action: Shape(_validator(CALL, action, version).schema, spared.get(action, ()))
        for action in actions
    }


def _spelled(action: str, known: Iterable[str]) -> str:
    """Return an action as the standard spells it."""
    return next((name for name in known if name.lower() == action.lower()), action)
