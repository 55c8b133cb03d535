"""Which group of images an image belongs to, from what was measured in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.routing.fusion import softmax

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

FILE = "fusion.json"
REACH = 3.0
"""Standard deviations beyond which a feature counts as at the edge: real images are wilder than rendered ones."""


@dataclass(frozen=True)
class KindModel:
    """Multinomial logistic model: P(group) = softmax(bias + weights · clip((features − mean) / spread)).

    Attributes
    ----------
    bias
        (groups,)
    weights
        (groups, features)
    means, spreads
        (features,)
    """

    bias: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    means: npt.NDArray[np.float64]
    spreads: npt.NDArray[np.float64]

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> KindModel:
        """Return the model stored as lists."""
        return cls(*(np.array(row[part], dtype=np.float64) for part in ("bias", "weights", "means", "spreads")))

    def __call__(self, features: Sequence[float] | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return (…, groups) probabilities for (…, features) measurements."""
        normal = np.clip((np.asarray(features, dtype=np.float64) - self.means) / self.spreads, -REACH, REACH)
        return softmax(self.bias + normal @ self.weights.T)


def load_kind_models(data: bytes) -> dict[str, KindModel]:
    """Return the models by the text detector that took part: ``auto`` or ``classical``."""
    return {name: KindModel.from_json(row) for name, row in json.loads(data)["kinds"].items()}
