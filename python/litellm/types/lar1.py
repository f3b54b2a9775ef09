"""What a caller says about its own confidence, in `metadata.lar1`."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, Field


class LAR1Act(str, Enum):
    """What is asked for: an inference, an observation, a retrieval, a generation."""

    INF = "INF"
    OBS = "OBS"
    RET = "RET"
    GEN = "GEN"


class LAR1Time(str, Enum):
    """When it is about: now, memory, context, a prediction."""

    NOW = "NOW"
    MEM = "MEM"
    CTX = "CTX"
    PRE = "PRE"


class LAR1Mind(str, Enum):
    """How it is thought: reflection, recall, hypothesis, action."""

    REF = "REF"
    REC = "REC"
    HYP = "HYP"
    ACT = "ACT"


class LAR1Evidence(str, Enum):
    """What it rests on."""

    SYNTH = "SYNTH"
    RETRIEVED = "RETRIEVED"
    UNVERIFIED = "UNVERIFIED"
    CONFIRMED = "CONFIRMED"


class LAR1Metadata(BaseModel):
    """One caller's statement; `confidence` is from 0 to 1."""

    act: LAR1Act = LAR1Act.INF
    time: LAR1Time = LAR1Time.NOW
    mind: LAR1Mind = LAR1Mind.REF
    confidence: float = Field(default=0.5, ge=0.0, le=1.0)
    evidence: list[LAR1Evidence] = Field(default_factory=list)
