"""The command line: `finder …`. Exit codes: 0 done, 1 done but some rows were rejected, 2 nothing done."""

from __future__ import annotations

import click

from finder import __version__
from finder.cli import importing, keeping, loading, measuring, profiling, searching, surroundings
from finder.cli.workplace import Commands, Workplace


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="finder")
@click.option("--sample", is_flag=True, help="Work on the fictional sample inventory, a database of its own.")
@click.pass_context
def main(ctx: click.Context, sample: bool) -> None:
    """Find commercial sites and land reserves, and keep them true."""
    ctx.obj = Workplace(sample)


for command in (
    keeping.serve,
    importing.import_,
    profiling.profiles,
    searching.export,
    searching.search,
    searching.show,
    measuring.network,
    measuring.measure,
    measuring.reach,
    keeping.check,
    keeping.load,
):
    main.add_command(command)
for part in (loading.zoning, surroundings.population, surroundings.access):
    keeping.load.add_command(part)
