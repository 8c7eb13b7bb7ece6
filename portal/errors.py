"""Refusals: each has an HTTP status and one Chinese sentence that says what happened and what to do next."""

from collections.abc import Sequence

from forms.kit.rules import Problem


class Refusal(Exception):  # noqa: N818 (a refusal is an answer, not an error)
    """The act was not done; nothing was stored."""

    status = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(Refusal):
    """Absent, or not for this viewer: the two are told alike (R-102)."""

    status = 404

    def __init__(self, sentence: str = "没有找到这份材料，或者您无权查看") -> None:
        super().__init__(sentence)


class Forbidden(Refusal):
    """The viewer may see it but not do this."""

    status = 403


class Conflict(Refusal):
    """Somebody else moved or saved the paper first."""

    status = 409


class Invalid(Refusal):
    """Input or rules stand against it; the problems say which box and what to do."""

    status = 422

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)
