"""``scanscrub rule CODE``: a rule explained on one screen."""

import sys
from typing import Annotated

import typer

from scanscrub import RULE_TEXTS, Rule, UsageError
from scanscrub.cli.terminal.lines import by_words, columns_of

EXAMPLE = "Example: scanscrub rule P001"
_WIDTH = 88


def rule(
    code: Annotated[
        str, typer.Argument(metavar="[CODE]", help="Code of a rule, for example H0. Without it, all are listed.")
    ] = "",
) -> None:
    """Explain a rule: reason, example, how to fix a finding, how to accept it. Exit 2 if there is no such rule."""
    if not code:
        for each in Rule:
            typer.echo(f"{each:<5} {RULE_TEXTS[each].title}")
        return
    try:
        wanted = Rule(code.upper())
    except ValueError:
        raise UsageError("There is no such rule.", f"The rules are {', '.join(Rule)}.") from None
    text = RULE_TEXTS[wanted]
    columns = min(_WIDTH, columns_of(sys.stdout) or _WIDTH)
    typer.echo(by_words(f"{wanted}: {text.title}\n", columns))
    for heading, paragraph in (
        ("Why", text.why),
        ("Example", text.example),
        ("Fix", text.fix),
        ("Accept", text.accept),
    ):
        typer.echo(f"{heading}\n{by_words(f'  {paragraph}', min(_WIDTH, columns_of(sys.stdout) or _WIDTH))}\n")
