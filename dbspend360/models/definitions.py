"""What each figure is, exactly: the one list behind every "?" and behind docs/figures.md."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """One figure: its short name for the code, its title, and what it is, with its unit."""

    name: str
    title: str
    words: str


def _listed(*found: Definition) -> dict[str, Definition]:
    return {each.name: each for each in found}


DEFINITIONS = _listed(
    Definition(
        "total-spend",
        "Total spend",
        "EC2 and Databricks of every record in the view, in US dollars as billed. It is added "
        "exactly, and rounded to the cent only where it is shown. A cost that is not known adds "
        "nothing.",
    ),
    Definition("ec2", "EC2", "What AWS bills for the machines, in US dollars."),
    Definition("databricks", "Databricks", "What Databricks bills for DBUs, in US dollars."),
    Definition("total", "Total", "EC2 and Databricks together, as far as known, in US dollars."),
    Definition(
        "unknown-ec2",
        "Unknown EC2",
        "Records without an EC2 cost. They show — and not zero, and add nothing to a total. "
        "Without a cluster they are serverless: the machines are inside the Databricks price, and "
        "no EC2 cost ever comes. With a cluster it still comes, or the machine is from a pool or "
        "has no tags.",
    ),
    Definition(
        "split",
        "Where it goes",
        "How much of the total spend is Databricks and how much is EC2, in whole US dollars and in "
        "percent of the total. Point at a part for its cents.",
    ),
    Definition(
        "record",
        "Record",
        "One row of the data: what one run cost on one UTC day on one cluster, or a correction, "
        "which may be below zero. Equal records all count.",
    ),
    Definition(
        "jobs",
        "Jobs",
        "How many different jobs have a record in the view: by workspace and job id, so a job that "
        "was renamed is one, and two of the same name are two.",
    ),
    Definition(
        "runs",
        "Runs",
        "How many different runs have a record in the view: by workspace, job and run id. A run is "
        "one execution of a job.",
    ),
    Definition("runs-a-day", "Runs a day", "The runs of the view, divided by all of its days."),
    Definition(
        "average-run",
        "Average per run",
        "The total divided by the runs, in US dollars: what fell inside the days shown.",
    ),
    Definition(
        "median-run",
        "Median",
        "Half of the runs cost less and half cost more, in US dollars. One odd run does not move "
        "it.",
    ),
    Definition(
        "highest-run",
        "Highest run",
        "The largest cost of one run inside the days shown, in US dollars, with its job and last "
        "day.",
    ),
    Definition(
        "period-before",
        "Period before",
        "As many days as are shown, just before the first of them, with the same filters.",
    ),
    Definition(
        "change",
        "Change on the period before",
        "How much more (▲, +) or less (▼, −) the total is than in the period before, in percent of "
        "that. It is left out when the data does not hold the whole period before. New is what had "
        "no record then.",
    ),
    Definition(
        "spend-per-day",
        "Spend per day",
        "Databricks and EC2 of each UTC day, in US dollars. A run over midnight counts on each of "
        "its days with what it cost on it.",
    ),
    Definition(
        "not-complete",
        "Not complete yet",
        "Hatched days will still grow: Databricks bills within a day, AWS within two. A day is "
        "complete when two whole days have passed, or as many as DBSPEND360_FINAL_AFTER_DAYS says.",
    ),
    Definition(
        "forecast",
        "On track for",
        "What the current calendar month (UTC) will come to, in US dollars, for the jobs of the "
        "filter, whatever days are shown. A day to come costs what its weekday has cost on average "
        "in the last two complete weeks; a day that is not complete counts as one to come unless "
        "it is dearer already. The range is as wide as days and weeks have differed lately.",
    ),
    Definition(
        "budget",
        "Budget",
        "US dollars for a calendar month that you have set for yourself: one for all jobs, and one "
        "for each job filter. The day it is passed on is the first on which what was spent and "
        "what is to come add up to more.",
    ),
    Definition(
        "what-changed",
        "What changed",
        "The jobs whose cost rose and fell most against the period before, in US dollars. With all "
        "other jobs they add up to the difference of the two totals, to the cent. What jobs cost "
        "less on days that are not complete may only be late: it stands in a line of its own.",
    ),
    Definition(
        "normal-day",
        "A normal day",
        "Where four of five days lie on which the job ran, of as many days as are shown before the "
        "first one, in US dollars. Five such days are needed.",
    ),
    Definition(
        "top-jobs",
        "Top jobs",
        "The ten jobs with the largest total in the view, in whole US dollars. The bar is longest "
        "for the dearest, and shows Databricks against EC2. The change is red from +10 % and green "
        "from −10 %.",
    ),
    Definition(
        "over-midnight",
        "Over midnight",
        "The run has records on more than one UTC day of the view.",
    ),
    Definition(
        "normal-range",
        "Normal range",
        "Where four of five other runs of the job lie, of those that began in the 30 days up to "
        "this run's first day: the latest 59 at most, and at least five. With fewer it is "
        "learning.",
    ),
    Definition(
        "times-normal",
        "Times this job's normal",
        "What the run cost, divided by the median of the same earlier runs. It is red when the run "
        "is above the normal range and costs at least 1.5 times the median.",
    ),
    Definition(
        "share-of-view",
        "Share of view",
        "The part of the run that lies inside the view, in percent of the view's total. Conditions "
        "on columns of the table do not count.",
    ),
    Definition(
        "in-this-view",
        "In this view",
        "A breakdown shows the whole run. When the days or filters cut it, this is the part "
        "inside.",
    ),
    Definition(
        "open-incidents",
        "Open incidents",
        "How many incidents nobody has looked after yet: not acknowledged, snoozed, expected or "
        "resolved. An incident is one job that crossed one rule, whatever the number of runs.",
    ),
    Definition(
        "beyond-expected",
        "Beyond what was expected",
        "What the alerts of an incident cost more than they should have, in US dollars: over the "
        "amount of the rule, or over the job's own normal.",
    ),
    Definition(
        "next-report",
        "Next report",
        "When a schedule falls due next, by the clock of its own time zone. The file holds the "
        "view as it is then. While a schedule is paused nothing falls due, and nothing is missed.",
    ),
    Definition(
        "report-history",
        "Report history",
        "What became of each due time, and of each report mailed by hand. Sent: the mail server "
        "took it for every recipient. Missed: nothing ran at its hour, and a newer one was sent in "
        "its place.",
    ),
)


def words_of(name: str) -> str:
    """What a figure is.

    Raises:
        KeyError: the list has none of that name.
    """
    return DEFINITIONS[name].words
