"""`bio completion`: what a shell needs to complete commands, options and file names."""

from __future__ import annotations

import argparse

from .common import Commands, say

SHELLS = ("bash", "zsh", "fish")


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio completion`."""
    parser = commands.add_parser(
        "completion",
        help="print a shell's completion script for bio",
        description="Print the script with which a shell completes commands, options, their choices and file names.",
        epilog='examples: bash: eval "$(bio completion bash)" in ~/.bashrc; zsh: bio completion zsh > a folder of $fpath/_bio; '
        "fish: bio completion fish > ~/.config/fish/completions/bio.fish",
    )
    parser.add_argument("shell", choices=SHELLS)
    parser.set_defaults(command=completion)


def completion(args: argparse.Namespace) -> int:
    """Prints the script."""
    import shtab

    from .main import parser  # late: it imports this module

    say(shtab.complete(parser(), args.shell).rstrip("\n"))
    return 0
