"""What every command needs: settings, language, the database, and a way to tell how far the work is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from finder import language, pipeline
from finder.config import Config, wished_language
from finder.errors import FinderError
from finder.presentation import terminal
from finder.store.database import Database

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class Workplace:
    """What every command needs: settings, language and the database, opened when first asked for."""

    def __init__(self, sample: bool) -> None:
        self.sample = sample
        self.config = Config.from_env(sample=sample)
        self.language = language.choose(self.config.language)

    @contextmanager
    def database(self, inventory: str | None = None) -> Iterator[Database]:
        """Yield the database, filled on its first start."""
        database = Database(self.config.database)
        try:
            with self.progress() as step:
                wanted = inventory or ("sample" if self.sample else "documented")
                reports = pipeline.start(database, wanted, progress=step)
            for report in reports:
                self.say(self.language.text("First start: %(n)s sites loaded.", n=report.new))
            yield database
        finally:
            database.close()

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Yield a function that names the step under way; shown on a terminal, silent in a pipe."""
        if not err.is_terminal:
            yield lambda step: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda step: bar.update(task, description=self.language.text(step))

    def say(self, text: str) -> None:
        """Print a sentence beside the result."""
        err.print(text, soft_wrap=True, markup=False)


class Commands(click.Group):
    """Turns refusals into one sentence and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the finder refuses on purpose is told, everything else is a bug and shows itself."""
        try:
            return super().invoke(ctx)
        except FinderError as error:
            wish = ctx.obj.config.language if isinstance(ctx.obj, Workplace) else wished_language()
            click.echo(terminal.one_line(language.choose(wish).error(error)), err=True)
            sys.exit(2)
        except KeyboardInterrupt:
            sys.exit(130)  # as shells say it; 1 would mean that something was stored
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)
