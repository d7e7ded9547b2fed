"""`/api/filters/presets`: the named periods, and the days each one means now."""

from collections.abc import Callable
from datetime import date

from dbspend360.api import examples
from dbspend360.api.answers import PresetDays, PresetsData
from dbspend360.api.envelope import Reply
from dbspend360.api.operation import Operation
from dbspend360.api.parameters import Nothing
from dbspend360.models.presets import DEFAULT_PRESET, Preset, period
from dbspend360.warehouse.spends import SpendRepository


def operations(spend: SpendRepository, today: Callable[[], date]) -> list[Operation]:
    """The address of the presets."""

    def presets(_asked: Nothing) -> Reply:
        bounds = spend.bounds()
        days = [_days(each, today(), bounds.value.last_date) for each in Preset]
        return Reply(PresetsData(presets=days), {}, [bounds])

    return [
        Operation(
            path="/api/filters/presets",
            name="listPresets",
            summary="The named periods",
            description="The days each name means now; the last so many days end where the data "
            "ends.",
            parameters=Nothing,
            data=PresetsData,
            answer=presets,
            example=examples.PRESETS,
        )
    ]


def _days(preset: Preset, today: date, last_date: date | None) -> PresetDays:
    start_date, end_date = period(preset, today=today, last_date=last_date)
    return PresetDays(
        preset=preset.value,
        title=preset.words,
        start_date=start_date,
        end_date=end_date,
        is_default=preset is DEFAULT_PRESET,
    )
