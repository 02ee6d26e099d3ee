import { fieldSql } from '../duckdb/fields';
import { unsupported } from '../sqlError';
import { typeText, type SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { isUtc, localSql, offsetSql, variantSql } from '../timeZones/sessionZone';
import { lambdaVariable, once } from '../types/typed';
import { textSql } from './text';

/**
 * DuckDB SQL of the text a value has in a JSON_ARRAY result: numbers and booleans as CAST AS STRING
 * gives them, timestamps as ISO 8601 with milliseconds (microseconds where there are any) and the
 * offset of the session's time zone, Z for none (recorded: `2021-01-01T10:00:00.000-08:00`),
 * binary as base64, arrays, maps and structs as JSON whose scalars are texts too, intervals as
 * `1-2` and `2 05:00:00.000000000`, VARIANT as JSON.
 */
export function wireTextOf(sql: string, type: SqlType): string {
	switch (type.kind) {
		case 'timestamp':
			if (isUtc()) return `(dbx_timestamp_iso(${sql}) || 'Z')`;
			return once(
				sql,
				(v) => `(dbx_timestamp_iso(${localSql(v)}) || dbx_offset_text(${offsetSql(v)}))`,
			);
		case 'timestamp_ntz':
			return `dbx_timestamp_iso(${sql})`;
		case 'string':
		case 'char':
		case 'varchar':
			return `dbx_wire_text(${sql})`;
		case 'binary':
			return `base64(${sql})`;
		case 'variant':
			return `dbx_variant_json(${variantSql(sql)})`;
		case 'time':
			throw unsupported('TIME as a result; cast it to STRING');
		case 'collated':
			throw unsupported(`${typeText(type)} as a result; cast it to STRING`);
		case 'calendar_interval':
			throw unsupported('an INTERVAL of months and days as a result; cast it to STRING');
		case 'void':
			return `CAST(${sql} AS VARCHAR)`;
		case 'array':
		case 'map':
		case 'struct':
			return jsonOf(sql, type);
		case 'interval':
			return intervalOf(sql, type.start === 'year' || type.start === 'month');
		default:
			return textSql(sql, type);
	}
}

/** JSON text of a nested value; NULL of SQL for a NULL value. */
function jsonOf(sql: string, type: SqlType): string {
	switch (type.kind) {
		case 'array': {
			const variable = lambdaVariable(sql);
			const element = `coalesce(${jsonOf(variable, type.element)}, 'null')`;
			return once(
				sql,
				(v) =>
					`CASE WHEN ${v} IS NOT NULL THEN '[' || coalesce(array_to_string(list_transform(${v}, lambda ${variable}: ${element}), ','), '') || ']' END`,
			);
		}
		case 'map': {
			const variable = lambdaVariable(sql);
			const key = quoted(wireTextOf(`${variable}.key`, type.key));
			const value = `coalesce(${jsonOf(`${variable}.value`, type.value)}, 'null')`;
			return once(
				sql,
				(v) =>
					`CASE WHEN ${v} IS NOT NULL THEN '{' || coalesce(array_to_string(list_transform(map_entries(${v}), lambda ${variable}: ${key} || ':' || ${value}), ','), '') || '}' END`,
			);
		}
		case 'struct':
			return once(sql, (v) => {
				const fields = type.fields.map((field) => {
					const value = jsonOf(fieldSql(v, field.name), field.type);
					return `${sqlString(`${JSON.stringify(field.name)}:`)} || coalesce(${value}, 'null')`;
				});
				const inside = fields.length === 0 ? "''" : fields.join(` || ',' || `);
				return `CASE WHEN ${v} IS NOT NULL THEN '{' || ${inside} || '}' END`;
			});
		case 'variant':
			throw unsupported('VARIANT inside of an array, a map or a struct as a result; use to_json');
		default:
			return quoted(wireTextOf(sql, type));
	}
}

const quoted = (text: string): string => `CAST(to_json(${text}) AS VARCHAR)`;

function intervalOf(sql: string, months: boolean): string {
	if (months) {
		return once(
			sql,
			(v) =>
				`(CASE WHEN ${v} < 0 THEN '-' ELSE '' END || CAST(abs(${v}) // 12 AS VARCHAR) || '-' || CAST(abs(${v}) % 12 AS VARCHAR))`,
		);
	}
	return once(sql, (v) => {
		const part = (size: number, limit: number): string =>
			`lpad(CAST((abs(${v}) // ${size}) % ${limit} AS VARCHAR), 2, '0')`;
		return `(CASE WHEN ${v} < 0 THEN '-' ELSE '' END || CAST(abs(${v}) // 86400000000 AS VARCHAR) || ' ' || ${part(3_600_000_000, 24)} || ':' || ${part(60_000_000, 60)} || ':' || ${part(1_000_000, 60)} || '.' || lpad(CAST(abs(${v}) % 1000000 AS VARCHAR), 6, '0') || '000')`;
	});
}
