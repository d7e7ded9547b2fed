"""What a check found out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of a check; never holds a secret."""

    what: str  # such as "Login"
    words: str
    mend: str = ""  # the exact GRANT or setting that mends it; empty when all is well

    @property
    def is_fault(self) -> bool:
        """Whether something is to be done."""
        return bool(self.mend)
