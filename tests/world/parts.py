"""Small worlds for the tests of the physics."""

from __future__ import annotations

from pytest_alienbio.world.chemistry import Control, Flow, Molecule, Reaction
from pytest_alienbio.world.populations import Need, Prey, Species
from pytest_alienbio.world.state import Pulse, World


def rich() -> World:
    """A world that uses every term the equations have."""
    return World(
        molecules={
            "food": Molecule(5.0, inflow=2.0, decay=0.1),
            "waste": Molecule(0.2, decay=0.3),
            "poison": Molecule(1.0),
            "product": Molecule(0.0, decay=0.05),
        },
        species={
            "grazer": Species(
                6.0,
                growth=0.9,
                death=0.1,
                crowding=0.02,
                needs={"food": Need(1.5, 0.08)},
                poisons={"poison": 2.0},
                excretes={"waste": 0.02},
            ),
            "hunter": Species(2.0, growth=0.0, death=0.2, crowding=0.005, eats={"grazer": Prey(0.2, 0.45, 0.4, "shelter")}),
        },
        controls={"catalyst": Control(0.5, rest=1.0, relax=0.2), "shelter": Control(1.0, rest=1.0, relax=0.25)},
        reactions=(
            Reaction(
                {"waste": 1.0}, {"product": 0.9}, 2.5, halves={"waste": 1.0}, inhibitors={"product": 30.0}, catalyst="catalyst"
            ),
            Reaction({"poison": 1.0}, {"waste": 1.0}, 0.05),
        ),
        flows=(Flow("food", "product", 0.03, gate="shelter"),),
        pulses=(Pulse(3, "poison", 1.5),),
    )


def one_species(init: float = 5.0) -> World:
    """A single population that needs nothing: logistic growth at 0.4, up to 20."""
    return World({}, {"only": Species(init, growth=0.5, death=0.1, crowding=0.02)})
