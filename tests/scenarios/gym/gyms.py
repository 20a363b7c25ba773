"""Small Gymnasium environments for tests, each with one bad habit; `register()` makes them known under `test/`."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.envs.registration import register as register_env
from gymnasium.envs.registration import registry


class Walk(gymnasium.Env[Any, Any]):
    """Five places in a row; each step right is worth one, the last place ends it."""

    closed: ClassVar[int] = 0

    def __init__(self, render_mode: str | None = None, reward: Any = 1.0, goal: int = 4) -> None:
        self.render_mode, self.reward, self.goal = render_mode, reward, goal
        self.action_space = spaces.Discrete(2, start=1)
        self.observation_space = spaces.Dict({"at": spaces.Discrete(9), "wind": spaces.Box(-1.0, 1.0, (2,), np.float64)})

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.place = 0
        return self.seen(), {"note": "start", "live": self, "bad": float("nan")}

    def seen(self) -> dict[str, Any]:
        return {"at": np.int64(self.place), "wind": self.np_random.uniform(-1.0, 1.0, 2)}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self.place = max(0, self.place + (1 if action == 2 else -1))
        worth = np.float64(self.reward * (action == 2)) if isinstance(self.reward, float) else np.asarray(self.reward)
        return self.seen(), worth, self.place == self.goal, False, {}

    def close(self) -> None:
        Walk.closed += 1


class Raises(Walk):
    def step(self, action: Any) -> Any:
        raise RuntimeError("the floor gave way")


class NanReward(Walk):
    def step(self, action: Any) -> Any:
        return self.seen(), float("nan"), False, False, {}


class NanSeen(Walk):
    def seen(self) -> dict[str, Any]:
        return {"at": np.int64(0), "wind": np.array([0.0, np.nan])}


class Misshapen(Walk):
    def seen(self) -> dict[str, Any]:
        return {"at": np.int64(0), "wind": np.zeros(3)}


class Hangs(Walk):
    def step(self, action: Any) -> Any:
        while True:
            time.sleep(0.01)


class Endless(Walk):
    """Never ends by itself, and every step costs."""

    def step(self, action: Any) -> Any:
        return self.seen(), -1.0, False, False, {}


class BadClose(Walk):
    def close(self) -> None:
        raise OSError("the door is stuck")


class Arm(gymnasium.Env[Any, Any]):
    """Actions and observations made of everything."""

    def __init__(self, render_mode: str | None = None) -> None:
        self.action_space = spaces.Dict(
            {
                "force": spaces.Box(-2.0, 2.0, (2,), np.float32),
                "grip": spaces.MultiBinary(2),
                "mode": spaces.MultiDiscrete([2, 3]),
                "pair": spaces.Tuple([spaces.Discrete(2), spaces.Text(3)]),
            }
        )
        self.observation_space = spaces.Tuple([spaces.Box(0, 255, (2, 2), np.uint8), spaces.Discrete(3)])

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return (np.arange(4, dtype=np.uint8).reshape(2, 2), np.int64(1)), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action)
        return (np.zeros((2, 2), np.uint8), np.int64(2)), float(action["force"][0]), True, False, {}


KINDS: dict[str, Any] = {
    kind.__name__: kind for kind in (Walk, Raises, NanReward, NanSeen, Misshapen, Hangs, Endless, BadClose, Arm)
}


def register() -> None:
    """Makes them known to Gymnasium as `test/Walk-v0` and so on."""
    for name, kind in KINDS.items():
        if f"test/{name}-v0" not in registry:
            register_env(f"test/{name}-v0", entry_point=kind, reward_threshold=3.5 if name == "Walk" else None)


register()
