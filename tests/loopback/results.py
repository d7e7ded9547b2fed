"""Rows of DuckDB as the Arrow batches and the schema of the wire."""

from dataclasses import dataclass
from typing import Any

import lz4.frame
import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import ttypes

_BATCH_ROWS = 20_000
_SIMPLE = {
    pa.bool_(): ttypes.TTypeId.BOOLEAN_TYPE,
    pa.int32(): ttypes.TTypeId.INT_TYPE,
    pa.int64(): ttypes.TTypeId.BIGINT_TYPE,
    pa.float64(): ttypes.TTypeId.DOUBLE_TYPE,
    pa.date32(): ttypes.TTypeId.DATE_TYPE,
    pa.string(): ttypes.TTypeId.STRING_TYPE,
}


def as_sent(table: pa.Table, hugeints: set[str]) -> pa.Table:
    """The table with the types that Databricks has: no HUGEINT, no unsigned, no bare NULL."""
    fields = [pa.field(each.name, _sent_type(each, hugeints)) for each in table.schema]
    return table.cast(pa.schema(fields))


def _sent_type(field: pa.Field, hugeints: set[str]) -> pa.DataType:
    kind = field.type
    if field.name in hugeints or pa.types.is_unsigned_integer(kind):
        return pa.int64()
    if pa.types.is_integer(kind) and kind.bit_width < 32:
        return pa.int32()
    if pa.types.is_null(kind) or pa.types.is_large_string(kind):
        return pa.string()
    return kind


@dataclass
class Sending:
    """A result on its way, batch by batch."""

    table: pa.Table
    compressed: bool
    sent: int = 0

    def batch(self, most: int) -> Any:
        """The next rows."""
        start = self.sent
        part = self.table.slice(start, min(most, _BATCH_ROWS)).combine_chunks()
        self.sent += part.num_rows
        batches = [self._packed(each) for each in part.to_batches() if each.num_rows]
        rows = ttypes.TRowSet(startRowOffset=start, rows=[], arrowBatches=batches)
        return rows, self.sent < self.table.num_rows

    def metadata(self) -> Any:
        """The shape of the rows."""
        columns = [_column(n, each) for n, each in enumerate(self.table.schema)]
        return ttypes.TGetResultSetMetadataResp(
            status=ttypes.TStatus(statusCode=ttypes.TStatusCode.SUCCESS_STATUS),
            schema=ttypes.TTableSchema(columns=columns),
            resultFormat=ttypes.TSparkRowSetType.ARROW_BASED_SET,
            lz4Compressed=self.compressed,
            arrowSchema=self.table.schema.serialize().to_pybytes(),
            isStagingOperation=False,
        )

    def _packed(self, batch: pa.RecordBatch) -> Any:
        data = batch.serialize().to_pybytes()
        packed = lz4.frame.compress(data) if self.compressed else data
        return ttypes.TSparkArrowBatch(batch=packed, rowCount=batch.num_rows)


def _column(position: int, field: pa.Field) -> Any:
    kind, qualifiers = _wire_type(field.type)
    primitive = ttypes.TPrimitiveTypeEntry(type=kind, typeQualifiers=qualifiers)
    entry = ttypes.TTypeEntry(primitiveEntry=primitive)
    return ttypes.TColumnDesc(
        columnName=field.name, typeDesc=ttypes.TTypeDesc(types=[entry]), position=position + 1
    )


def _wire_type(kind: pa.DataType) -> tuple[int, Any]:
    if pa.types.is_decimal(kind):
        values = {"precision": kind.precision, "scale": kind.scale}
        qualifiers = {
            name: ttypes.TTypeQualifierValue(i32Value=value) for name, value in values.items()
        }
        return ttypes.TTypeId.DECIMAL_TYPE, ttypes.TTypeQualifiers(qualifiers=qualifiers)
    if pa.types.is_timestamp(kind):
        return ttypes.TTypeId.TIMESTAMP_TYPE, None
    return _SIMPLE[kind], None
