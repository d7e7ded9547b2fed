"""The company of the demo data: its teams, its jobs and what they usually cost."""

from dataclasses import dataclass
from functools import cache
from random import Random

WORKSPACES = ("3845710692157446", "7032981465520871")  # production, analytics

TEAMS = {
    "orders": "svc-orders",
    "payments": "svc-payments",
    "marketing": "svc-marketing",
    "pricing": "svc-pricing",
    "logistics": "svc-logistics",
    "finance": "dana.whitfield@example.com",
    "risk": "svc-risk",
    "search": "svc-search",
    "ml": "amir.haddad@example.com",
    "web": "svc-web",
    "crm": "lucia.moreno@example.com",
    "platform": "svc-platform",
}
LAYERS = ("bronze", "silver", "gold", "raw", "mart", "features")
PURPOSES = {  # and what a run costs beside others
    "ingest": 0.5,
    "rollup": 0.9,
    "dedupe": 0.7,
    "snapshot": 0.6,
    "export": 0.4,
    "backfill": 2.4,
    "training": 4.0,
    "scoring": 1.6,
    "vacuum": 0.2,
    "quality_checks": 0.3,
}
JOBS = 120
RUNAWAY = "ml_features_training_prod"  # the job whose cost gets out of hand


@dataclass(frozen=True)
class Job:
    """A job, how often it runs and what a run costs, beside the others of the company."""

    workspace_id: str
    job_id: str
    name: str
    team: str
    run_as: str
    frequency: float
    cost: float
    ec2_share: float  # 0: serverless, EC2 is inside the Databricks price
    shared_cluster: str  # "": a cluster of its own for each run
    usual_hour: float  # of the day, UTC, when it starts
    weekends: bool


@cache
def jobs() -> tuple[Job, ...]:
    """The same 120 jobs every time."""
    rng = Random("the jobs of the demo company")  # noqa: S311
    names = [
        (team, purpose, f"{team}_{layer}_{purpose}")
        for team in TEAMS
        for layer in LAYERS
        for purpose in PURPOSES
        if f"{team}_{layer}_{purpose}_prod" != RUNAWAY
    ]
    ordinary = [_job(rng, *name) for name in rng.sample(names, JOBS - 1)]
    return (_runaway(rng), *ordinary)


def _job(rng: Random, team: str, purpose: str, stem: str) -> Job:
    stage = rng.choices(("prod", "dev"), (6, 1))[0]
    frequency = rng.choices((0.3, 1.0, 2.0, 6.0), (2, 6, 2, 1))[0]  # weekly to every few hours
    cheaper = {"prod": 1.0, "dev": 0.3}[stage] / frequency**0.7  # what runs often is small
    serverless = rng.random() < 0.17
    shared = rng.random() < 0.12
    return Job(
        workspace_id=WORKSPACES[team in ("marketing", "finance", "ml", "crm")],
        job_id=_id(rng),
        name=f"{stem}_{stage}",
        team=team,
        run_as=TEAMS[team],
        frequency=frequency,
        cost=PURPOSES[purpose] * cheaper * rng.lognormvariate(0, 0.5),
        ec2_share=0.0 if serverless else rng.uniform(0.45, 0.68),
        shared_cluster=f"0412-0841{rng.randint(10, 59)}-{_hex(rng)}" if shared else "",
        usual_hour=rng.choice((*range(7), 12, 18, 22, 23)) + rng.random(),
        weekends=stage == "prod" and rng.random() < 0.75,
    )


def _runaway(rng: Random) -> Job:
    return Job(
        workspace_id=WORKSPACES[1],
        job_id=_id(rng),
        name=RUNAWAY,
        team="ml",
        run_as=TEAMS["ml"],
        frequency=2.0,
        cost=2.2,
        ec2_share=0.6,
        shared_cluster="",
        usual_hour=3.2,
        weekends=True,
    )


def _id(rng: Random) -> str:
    return str(rng.randrange(10 ** rng.randint(11, 14), 10**15))


def _hex(rng: Random) -> str:
    return f"{rng.getrandbits(32):08x}"
