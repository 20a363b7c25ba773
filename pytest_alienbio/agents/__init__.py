"""Who acts. Agents know turns, never worlds: all they see is their briefing and their observations."""

from .greedy import GreedyAgent
from .human import HumanAgent
from .inquirer import InquirerAgent
from .noop import NoopAgent
from .oracle import OracleAgent
from .prober import ProberAgent
from .random_agent import RandomAgent
from .scripted import ScriptedAgent, read_script
from .simulated import SimulatedLLM

__all__ = [
    "GreedyAgent",
    "HumanAgent",
    "InquirerAgent",
    "NoopAgent",
    "OracleAgent",
    "ProberAgent",
    "RandomAgent",
    "ScriptedAgent",
    "SimulatedLLM",
    "read_script",
]
