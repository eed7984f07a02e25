"""How well a judge agrees with people."""

import math
from dataclasses import dataclass

from evalgate.deciding.intervals import clopper_pearson
from evalgate.deciding.quantiles import normal_quantile

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """The labels of a judge against those of people, in counts.

    `true_pass` and `false_fail` were passed by people, `false_pass` and `true_fail` failed by them;
    the second word is what the judge said.
    """

    true_pass: int
    false_fail: int
    false_pass: int
    true_fail: int

    @property
    def labels(self) -> int:
        """How many outputs both have labelled."""
        return self.human_passes + self.human_fails

    @property
    def human_passes(self) -> int:
        """How many outputs people passed."""
        return self.true_pass + self.false_fail

    @property
    def human_fails(self) -> int:
        """How many outputs people failed."""
        return self.false_pass + self.true_fail

    @property
    def sensitivity(self) -> float | None:
        """The share of human passes that the judge passes; None without any."""
        return self.true_pass / self.human_passes if self.human_passes else None

    @property
    def specificity(self) -> float | None:
        """The share of human fails that the judge fails; None without any."""
        return self.true_fail / self.human_fails if self.human_fails else None

    @property
    def youden(self) -> float | None:
        """Sensitivity + specificity − 1, by which the judge scales every true difference.

        None when people passed or failed everything.
        Source: Youden, Cancer 3 (1950) 32.
        """
        if self.sensitivity is None or self.specificity is None:
            return None
        return self.sensitivity + self.specificity - 1

    @property
    def kappa(self) -> float | None:
        """Agreement beyond chance; None when both gave every output one and the same label.

        Source: Cohen, Educational and Psychological Measurement 20 (1960) 37.
        """
        agreed, expected = self._agreement()
        return (agreed - expected) / (1 - expected) if expected < 1 else None

    def sensitivity_interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the interval of Clopper and Pearson."""
        return clopper_pearson(self.true_pass, self.human_passes, confidence=confidence)

    def specificity_interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the interval of Clopper and Pearson."""
        return clopper_pearson(self.true_fail, self.human_fails, confidence=confidence)

    def kappa_interval(self, confidence: float = 0.95) -> tuple[float, float] | None:
        """Return the large-sample interval of kappa, within −1..1; None where there is none.

        That is where kappa is unknown, and where its variance is estimated as 0, as when the two
        never disagree or when either always says the same. It is too narrow for few labels; the
        intervals of sensitivity and specificity are honest there.
        Source: Fleiss, Cohen and Everitt, Psychological Bulletin 72 (1969) 323.
        """
        kappa = self.kappa
        variance = 0.0 if kappa is None else self._kappa_variance(kappa)
        if kappa is None or not variance:
            return None
        reach = normal_quantile((1 + confidence) / 2) * math.sqrt(variance)
        return max(-1.0, kappa - reach), min(1.0, kappa + reach)

    def youden_low(self, alpha: float = 0.05) -> float | None:
        """Return the least plausible Youden index, at one-sided error rate alpha; None without one.

        The distances of sensitivity and specificity to their limits of Clopper and Pearson are
        joined as the sides of a right angle (Zou and Donner, Statistics in Medicine 27 (2008)
        1693). Coverage, added up over all outcomes for 1 to 300 labels of either kind at alpha .01,
        .05 and .1, is never below 1 − alpha for judges that are no worse than chance. At .05 and
        rates above one half it averages 99 % for 15 labels of either kind and 97.5 % for 60, so the
        limit is cautious; Wilson's limits in place of these would cover as little as 87 %. Below
        chance, where the index is negative anyway, coverage may fall to 89 %. When all of 15 passes
        and 15 fails are right the limit is .744.

        Args:
            alpha: strictly between 0 and 0.5.
        """
        youden = self.youden
        if youden is None:
            return None
        below_sensitivity = self._below(self.true_pass, self.human_passes, alpha)
        below_specificity = self._below(self.true_fail, self.human_fails, alpha)
        return youden - math.hypot(below_sensitivity, below_specificity)

    @staticmethod
    def _below(right: int, of: int, alpha: float) -> float:
        return right / of - clopper_pearson(right, of, confidence=1 - 2 * alpha)[0]

    def _agreement(self) -> tuple[float, float]:
        """Return the shares of outputs with equal labels: observed, and expected by chance."""
        if not self.labels:
            return 1.0, 1.0
        human = self.human_passes / self.labels
        judge = (self.true_pass + self.false_pass) / self.labels
        agreed = (self.true_pass + self.true_fail) / self.labels
        return agreed, human * judge + (1 - human) * (1 - judge)

    def _kappa_variance(self, kappa: float) -> float:
        human = self.human_passes / self.labels
        judge = (self.true_pass + self.false_pass) / self.labels
        _, expected = self._agreement()
        rest = 1 - kappa
        terms = (
            self.true_pass * (1 - (human + judge) * rest) ** 2,
            self.true_fail * (1 - (2 - human - judge) * rest) ** 2,
            self.false_fail * ((1 - human + judge) * rest) ** 2,
            self.false_pass * ((1 + human - judge) * rest) ** 2,
        )
        spread = math.fsum(terms) / self.labels - (kappa - expected * rest) ** 2
        # What remains where all terms cancel out is rounding.
        return spread / (self.labels * (1 - expected) ** 2) if spread > _ROUNDING else 0.0
