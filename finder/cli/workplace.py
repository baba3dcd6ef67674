"""What every command needs: settings, language, the database, and a way to tell how far the work is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from finder import language, pipeline
from finder.config import Config, wished_language
from finder.errors import FinderError
from finder.language import N_
from finder.presentation import format, terminal
from finder.roads.network import Network
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
                reports = pipeline.start(database, wanted, network=self.network, progress=step)
            for report in reports:
                self.say(self.language.text("First start: %(n)s sites loaded.", n=report.new))
            yield database
        finally:
            database.close()

    def network(self) -> Network | None:
        """Return the road network that the settings name, if any."""
        return None if self.config.network is None else Network.open(self.config.network)

    @contextmanager
    def progress(self) -> Iterator[pipeline.Progress]:
        """Yield a function that shows the step under way on a terminal, and is silent in a pipe."""
        if not err.is_terminal:
            yield pipeline.silent
            return
        columns = (TextColumn("{task.description}"), BarColumn(), _Pace(self.language), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("", total=None)

            def show(step: str, done: int = 0, total: int | None = None, /) -> None:
                bar.update(task, description=self.language.text(step), completed=done, total=total)

            yield show

    def say(self, text: str) -> None:
        """Print a sentence beside the result."""
        err.print(text, soft_wrap=True, markup=False)


class _Pace(ProgressColumn):
    """Rows done, rows a second and the time left, where rows are counted."""

    def __init__(self, said_in: language.Language) -> None:
        super().__init__()
        self._language = said_in

    def render(self, task: Task) -> Text:
        """Return what is known of the pace."""
        if not task.total:
            return Text("")
        words = f"{format.number(task.completed, self._language)}/{format.number(task.total, self._language)}"
        if task.speed:
            pace = format.number(round(task.speed), self._language)
            words += " · " + self._language.text(N_("%(pace)s rows/s"), pace=pace)
        if task.time_remaining:
            minutes, seconds = divmod(int(task.time_remaining), 60)
            words += " · " + self._language.text(N_("%(time)s left"), time=f"{minutes}:{seconds:02}")
        return Text(words, style="progress.percentage")


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
