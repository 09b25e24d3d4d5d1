"""The commands and their options. Only what a command needs is imported, when it is needed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from chargepoint import start

app = typer.Typer(
    name="chargepoint",
    help="An OCPP 1.6 and 2.0.1 charging station.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Ocpp(StrEnum):
    """The versions the demonstration can speak."""

    V16 = "1.6"
    V201 = "2.0.1"


class Format(StrEnum):
    """What a picture is written as."""

    SVG = "svg"
    PNG = "png"


Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="The TOML file.", show_default=False)
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="KEY=VALUE", help="As in limits.mains_a=20."),
]


@app.command()
def demo(
    ocpp: Annotated[Ocpp, typer.Option(help="What the central system speaks.")] = Ocpp.V201,
    once: Annotated[bool, typer.Option("--once", help="Tell the story once, then leave.")] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Of the page; a free one otherwise.", show_default=False
        ),
    ] = None,
) -> None:
    """Show it: a simulated house, roof, car and station with a small central system."""
    from chargepoint.demo import story

    raise typer.Exit(story.run(ocpp=ocpp.value, once=once, port=port))


@app.command()
def run(config: Config = None, set_: Set = None) -> None:
    """Be a station. Without a file: simulated hardware and no central system."""
    raise typer.Exit(start.run(config, set_ or ()))


@app.command()
def check(config: Config = None, set_: Set = None) -> None:
    """Read the configuration and name every mistake. Touches no hardware."""
    from chargepoint.settings import load
    from chargepoint.settings.later import without_effect
    from chargepoint.settings.summary import summary
    from chargepoint.vendors import Vendors

    settings = load(config, set_ or ())
    Vendors(settings.data_transfer)
    typer.echo("configuration is fine")
    for name, text in summary(settings):
        typer.echo(f"  {name:<15} {text}")
    for warning in without_effect(settings):
        typer.echo(f"  {'warning':<15} {warning}")


@app.command()
def probe(
    config: Config = None,
    set_: Set = None,
    port: Annotated[
        str, typer.Option(help="A line instead of those of a file: /dev/ttyUSB0, tcp://host:502.")
    ] = "",
    baudrate: Annotated[int, typer.Option(min=300, max=1_000_000, help="Of --port.")] = 9600,
    parity: Annotated[str, typer.Option(help="Of --port: N, E or O.")] = "N",
    stopbits: Annotated[int, typer.Option(min=1, max=2, help="Of --port.")] = 1,
    ids: Annotated[str, typer.Option(help="Addresses to ask, as in 1-20,42.")] = "1-247",
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on showing values.")] = False,
) -> None:
    """Show who answers on a Modbus line, what it measures and how to configure it."""
    from chargepoint import probe

    if port:
        scans = [probe.of_options(port, baudrate, parity.upper(), stopbits)]
    else:
        from chargepoint.settings import load

        scans = probe.of_settings(load(config, set_ or ()))
    raise typer.Exit(probe.run(scans, probe.ids_of(ids), watch))


@app.command()
def status(
    url: Annotated[str, typer.Option(help="Where the station's page is.")] = (
        "http://127.0.0.1:8080"
    ),
    password: Annotated[
        str, typer.Option(envvar="CHARGEPOINT_API__PASSWORD", help="Where one is set.")
    ] = "",
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show every change.")] = False,
) -> None:
    """Show state and limits, which one binds and why."""
    from chargepoint.status import show

    raise typer.Exit(show(url, password, watch))


@app.command()
def diagnostics(
    out: Annotated[Path, typer.Argument(metavar="[FILE]", help="What to write.")] = Path(
        "diagnostics.tar.gz"
    ),
    url: Annotated[str, typer.Option(help="Where the station's page is.")] = (
        "http://127.0.0.1:8080"
    ),
    password: Annotated[
        str, typer.Option(envvar="CHARGEPOINT_API__PASSWORD", help="Where one is set.")
    ] = "",
) -> None:
    """Write an archive for those who help: log, status, configuration, without secrets."""
    from chargepoint.status import save_diagnostics

    raise typer.Exit(save_diagnostics(url, password, out))


@app.command()
def simulate(
    days: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[DAY.csv]...", help="Played one after the other."),
    ] = None,
    config: Config = None,
    set_: Set = None,
    household: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A built-in day, see --list.", show_default=False),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Name the households, and leave.")] = False,
    out: Annotated[Path, typer.Option(help="The folder for what is written.")] = Path(),
    format_: Annotated[
        Format, typer.Option("--format", help="Of the picture; png needs matplotlib.")
    ] = Format.SVG,
    every: Annotated[
        int, typer.Option(min=1, max=3600, help="Seconds between two lines of the CSV.")
    ] = 10,
) -> None:
    """Play days of house, sun and cars through the station, much faster than real.

    Prints what came of every fuse, EVSE and car; writes NAME-played.csv, and a picture of it.
    What a DAY.csv holds is told in docs/simulate.md; the shortest has "time,evse,event".
    """
    from chargepoint.simulate import command

    if list_:
        for line in command.households():
            typer.echo(line)
        return
    picture = command.Picture(format_)
    given = tuple(days or ()), household, config, tuple(set_ or ())
    asked = command.Asked(*given, out=out, picture=picture, every_s=every)
    raise typer.Exit(command.run(asked, typer.echo))


def obey() -> None:
    """Do what the command line asks for; leave with the exit code of the command."""
    get_command(app)()  # app() would put its own hook in place of ours
