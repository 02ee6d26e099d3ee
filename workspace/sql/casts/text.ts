import { fieldSql } from '../duckdb/fields';
import { typeText, type IntervalUnit, type SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { localSql, variantSql } from '../timeZones/sessionZone';
import { plainSql } from '../types/collations';
import { lambdaVariable, once } from '../types/typed';

/**
 * DuckDB SQL of the text that Spark's CAST AS STRING gives a value. Bytes that are no UTF-8 fail: Spark
 * keeps them as they are, which a text of DuckDB cannot.
 */
export const textSql = (sql: string, type: SqlType): string => textOf(sql, type, 'dbx_binary_text');

/** The same text as a client decodes it: bytes that are no UTF-8 are U+FFFD. */
export const shownTextSql = (sql: string, type: SqlType): string =>
	textOf(sql, type, 'dbx_shown_text');

function textOf(sql: string, type: SqlType, ofBytes: string): string {
	switch (type.kind) {
		case 'string':
		case 'char':
		case 'varchar':
			return sql;
		case 'collated':
			return plainSql(sql);
		case 'double':
			return `dbx_double_text(${sql})`;
		case 'float':
			return `dbx_float_text(${sql})`;
		case 'decimal': {
			// DuckDB leaves out the zero before the point where there is no whole digit.
			if (type.precision > type.scale) return `CAST(${sql} AS VARCHAR)`;
			if (type.precision === 38) return `replace(CAST(${sql} AS VARCHAR), '.', '0.')`;
			return `CAST(CAST(${sql} AS DECIMAL(${type.precision + 1},${type.scale})) AS VARCHAR)`;
		}
		case 'date':
			return `dbx_date_text(${sql})`;
		case 'timestamp':
			return `dbx_timestamp_text(${localSql(sql)})`;
		case 'timestamp_ntz':
			return `dbx_timestamp_text(${sql})`;
		case 'binary':
			return `${ofBytes}(${sql})`;
		case 'array': {
			const variable = lambdaVariable(sql);
			const element = textOf(variable, type.element, ofBytes);
			return once(
				sql,
				(v) =>
					`CASE WHEN ${v} IS NOT NULL THEN '[' || coalesce(array_to_string(list_transform(${v}, lambda ${variable}: coalesce(${element}, 'null')), ', '), '') || ']' END`,
			);
		}
		case 'map': {
			const variable = lambdaVariable(sql);
			const key = textOf(`${variable}.key`, type.key, ofBytes);
			const value = textOf(`${variable}.value`, type.value, ofBytes);
			return once(
				sql,
				(v) =>
					`CASE WHEN ${v} IS NOT NULL THEN '{' || coalesce(array_to_string(list_transform(map_entries(${v}), lambda ${variable}: ${key} || ' -> ' || coalesce(${value}, 'null')), ', '), '') || '}' END`,
			);
		}
		case 'struct':
			return once(sql, (v) => {
				const fields = type.fields.map(
					(field) => `coalesce(${textOf(fieldSql(v, field.name), field.type, ofBytes)}, 'null')`,
				);
				const inside = fields.length === 0 ? "''" : fields.join(` || ', ' || `);
				return `CASE WHEN ${v} IS NOT NULL THEN '{' || ${inside} || '}' END`;
			});
		case 'interval':
			return intervalText(sql, type.start, type.end);
		case 'calendar_interval':
			return `dbx_calendar_text(${sql})`;
		case 'variant':
			return `dbx_variant_string(${variantSql(sql)})`;
		default:
			return `CAST(${sql} AS VARCHAR)`;
	}
}

function intervalText(sql: string, start: IntervalUnit, end: IntervalUnit): string {
	const type: SqlType = { kind: 'interval', start, end };
	const words = typeText(type).replace('INTERVAL ', '');
	const wrap = (body: string): string => `'INTERVAL ''' || ${body} || ${sqlString(`' ${words}`)}`;
	if (start === 'year' || start === 'month') {
		if (end === 'year') return wrap(`CAST(${sql} // 12 AS VARCHAR)`);
		if (start === 'month') return wrap(`CAST(${sql} AS VARCHAR)`);
		return once(sql, (v) =>
			wrap(
				`CASE WHEN ${v} < 0 THEN '-' ELSE '' END || CAST(abs(${v}) // 12 AS VARCHAR) || '-' || CAST(abs(${v}) % 12 AS VARCHAR)`,
			),
		);
	}
	return once(sql, (v) =>
		wrap(`CASE WHEN ${v} < 0 THEN '-' ELSE '' END || ${dayTimeFields(`abs(${v})`, start, end)}`),
	);
}

const SIZES: [unit: IntervalUnit, micros: number, limit: number][] = [
	['day', 86_400_000_000, 0],
	['hour', 3_600_000_000, 24],
	['minute', 60_000_000, 60],
];

function dayTimeFields(micros: string, start: IntervalUnit, end: IntervalUnit): string {
	const parts: string[] = [];
	let open = false;
	for (const [unit, size, limit] of SIZES) {
		if (unit === start) open = true;
		if (!open) continue;
		const whole = `${micros} // ${size}`;
		const count =
			unit === start
				? `${unit === 'day' ? '' : `CASE WHEN ${whole} < 10 THEN '0' ELSE '' END || `}CAST(${whole} AS VARCHAR)`
				: `lpad(CAST((${whole}) % ${limit} AS VARCHAR), 2, '0')`;
		if (parts.length > 0) parts.push(unit === 'hour' ? "' '" : "':'");
		parts.push(count);
		if (unit === end) return parts.join(' || ');
	}
	const seconds = start === 'second' ? micros : `(${micros} % 60000000)`;
	if (parts.length > 0) parts.push("':'");
	parts.push(`dbx_seconds_text(${seconds})`);
	return parts.join(' || ');
}
