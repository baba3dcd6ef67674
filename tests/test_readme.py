"""The README tells the truth: every command, option, criterion and setting is there, and what it shows runs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from finder.cli import main
from finder.language import Language
from finder.model.vocabulary import AccessKind
from finder.presentation.outcomes import Wording, document, lines
from finder.search.criteria import CRITERIA
from finder.search.question import COMPANIONS
from tests.presentation.test_outcomes import report
from tests.tree import TOP

README = (TOP / "README.md").read_text(encoding="utf-8")
BLOCKS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        else:
            yield " ".join(("finder", *before, name)), command


COMMANDS = dict(commands(main))


def test_first_two_blocks_are_the_two_commands_of_a_newcomer() -> None:
    assert BLOCKS[0] == "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/finder serve"
    assert "tests/run" in BLOCKS
    assert (TOP / "tests/run").stat().st_mode & 0o111


@pytest.mark.parametrize("name", COMMANDS)
def test_command_has_a_row_of_its_own_and_help(name: str) -> None:
    assert re.search(rf"^\| `{name}[ `]", README, re.MULTILINE)
    result = CliRunner().invoke(main, [*name.split()[1:], "--help"])
    assert result.exit_code == 0
    assert COMMANDS[name].help


@pytest.mark.parametrize("row", re.findall(r"^\| `(finder [^`]+)` \| (.*) \|$", README, re.MULTILINE))
def test_row_names_what_exists(row: tuple[str, str]) -> None:
    name = re.sub(r" [A-Z…]+.*", "", row[0])
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert set(re.findall(r"--[a-z-]+", row[1])) <= known


@pytest.mark.parametrize("word", [*(criterion.word for criterion in CRITERIA), *COMPANIONS])
def test_criterion_is_told(word: str) -> None:
    for kind in AccessKind:
        if f"_{kind.value}_" in word:
            assert f"`{kind.value}`" in README
            word = word.replace(kind.value, "KIND")
    assert f"`{word}`" in README


def test_every_setting_is_told_and_no_other() -> None:
    config = (TOP / "finder/config.py").read_text(encoding="utf-8")
    assert set(re.findall(r"`(FINDER_\w+)`", README)) == set(re.findall(r'"(FINDER_\w+)"', config))


@pytest.mark.parametrize("line", [line for line in BLOCKS if line.startswith(".venv/bin/finder")])
def test_command_shown_is_understood(line: str) -> None:
    words = shlex.split(line)[1:]
    context = main.make_context("finder", words)
    while isinstance(context.command, click.Group):
        rest = [*context._protected_args, *context.args]  # click splits a group's words into these two
        name, command, rest = context.command.resolve_command(context, rest)
        assert command is not None
        context = command.make_context(name, rest, parent=context)


def test_search_shown_answers() -> None:
    (line,) = (line for line in BLOCKS if " search " in line)
    result = CliRunner().invoke(main, shlex.split(line)[1:])
    assert result.exit_code == 0, result.output
    assert "Musterfläche" in result.output


def test_every_part_of_a_report_is_told() -> None:
    told = report()
    made = {**document(told, Wording.of(told, {}, Language("en")))}
    for name in ("sites", "rejected_rows", "missing_sites", "issues"):
        made[name] = list(made[name])
    parts = {*made, *(name for site in made["sites"] for name in site)}
    for site in made["sites"]:
        parts |= {name for part in (*site["changes"], *site["conflicts"]) for name in part}
    for name in ("rejected_rows", "missing_sites", "issues"):
        parts |= {part for one in made[name] for part in one}
    kinds = {line["kind"] for line in lines(report(new=9), Wording.of(told, {}, Language("en")))}
    assert {part for part in parts | kinds if f"`{part}`" not in README} == set()


def test_links_lead_somewhere() -> None:
    for path in re.findall(r"`((?:finder|data|templates|tests)/[\w./-]*)`", README):
        assert (TOP / path).exists(), path
