"""Profiles at the command line: which there are, and one proposed for a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from finder import sources
from finder.cli.workplace import Workplace, out
from finder.errors import ConfigError
from finder.intake import profiles as bundled_profiles
from finder.intake import suggesting
from finder.presentation import terminal
from finder.sources import bundled


def suggest(workplace: Workplace, paths: Sequence[Path], layer: str | None) -> None:
    """Print a profile proposed for a file, and beside it what a person should know; nothing is stored."""
    if len(paths) > 1:
        raise ConfigError("--suggest tells of one file; ask for the files one by one.")
    with workplace.progress() as step:
        step("Reading")
        raw = sources.read(paths[0], layer=layer, limits=workplace.config.limits)
        towns = {town.code: town.name for town in bundled.municipalities()}
        suggestion = suggesting.suggest(raw, towns, workplace.language)
    # TOML is UTF-8, whatever the terminal speaks
    click.echo(suggestion.toml.encode(), nl=False)
    for sentence in suggestion.summary:
        workplace.say(terminal.one_line(sentence))


@click.command()
@click.pass_obj
def profiles(workplace: Workplace) -> None:
    """List the bundled profiles: what each reads."""
    known = [bundled_profiles.load(name) for name in bundled_profiles.known()]
    width = max(len(profile.name) for profile in known)
    for profile in known:
        formats = f" ({', '.join(profile.formats)})" if profile.formats else ""
        out.print(f"{profile.name:<{width}}  {profile.title}{formats}", markup=False, soft_wrap=True)
