import { textSql } from '../casts/text';
import { fieldSql } from '../duckdb/fields';
import { unsupported } from '../sqlError';
import { typeText, type SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { localSql, offsetSql, variantSql } from '../timeZones/sessionZone';
import { lambdaVariable, once } from '../types/typed';

const quoted = (text: string): string => `CAST(to_json(${text}) AS VARCHAR)`;

/**
 * DuckDB SQL of Spark's to_json text: numbers bare, NaN and Infinity as texts, timestamps with
 * milliseconds, NULL fields of structs left out, NULL elements and map values kept.
 */
export function jsonText(sql: string, type: SqlType): string {
	switch (type.kind) {
		case 'string':
		case 'char':
		case 'varchar':
			return quoted(sql);
		case 'boolean':
		case 'tinyint':
		case 'smallint':
		case 'int':
		case 'bigint':
			return textSql(sql, type);
		case 'float':
		case 'double':
			return once(
				textSql(sql, type),
				(v) => `CASE WHEN regexp_matches(${v}, '[NI]') THEN '"' || ${v} || '"' ELSE ${v} END`,
			);
		case 'decimal':
			// Beyond six decimals Spark may write an exponent.
			if (type.scale > 6) throw unsupported('to_json of decimals with more than six decimals');
			return textSql(sql, type);
		case 'date':
			return `('"' || ${textSql(sql, type)} || '"')`;
		case 'timestamp':
			return once(
				sql,
				(v) =>
					`('"' || dbx_timestamp_ms(${localSql(v)}) || dbx_offset_text(${offsetSql(v)}) || '"')`,
			);
		case 'timestamp_ntz':
			return `('"' || dbx_timestamp_ms(${sql}) || '"')`;
		case 'binary':
			return quoted(`base64(${sql})`);
		case 'interval':
		case 'calendar_interval':
			return quoted(textSql(sql, type));
		case 'collated':
		case 'time':
			throw unsupported(`to_json of ${typeText(type)}`);
		case 'void':
			return 'CAST(NULL AS VARCHAR)';
		case 'array': {
			const variable = lambdaVariable(sql);
			const element = `coalesce(${jsonText(variable, type.element)}, 'null')`;
			return once(
				sql,
				(v) =>
					`CASE WHEN ${v} IS NOT NULL THEN '[' || coalesce(array_to_string(list_transform(${v}, lambda ${variable}: ${element}), ','), '') || ']' END`,
			);
		}
		case 'map': {
			if (
				type.key.kind !== 'string' &&
				!['tinyint', 'smallint', 'int', 'bigint', 'boolean'].includes(type.key.kind)
			) {
				throw unsupported(`to_json of a map with ${typeText(type.key)} keys`);
			}
			const variable = lambdaVariable(sql);
			const key = quoted(textSql(`${variable}.key`, type.key));
			const value = `coalesce(${jsonText(`${variable}.value`, type.value)}, 'null')`;
			return once(
				sql,
				(v) =>
					`CASE WHEN ${v} IS NOT NULL THEN '{' || coalesce(array_to_string(list_transform(map_entries(${v}), lambda ${variable}: ${key} || ':' || ${value}), ','), '') || '}' END`,
			);
		}
		case 'struct':
			return once(sql, (v) => {
				const fields = type.fields.map(
					(field) =>
						`${sqlString(`${JSON.stringify(field.name)}:`)} || ${jsonText(fieldSql(v, field.name), field.type)}`,
				);
				const list = `list_filter(CAST([${fields.join(', ')}] AS VARCHAR[]), lambda f: f IS NOT NULL)`;
				return `CASE WHEN ${v} IS NOT NULL THEN '{' || coalesce(array_to_string(${list}, ','), '') || '}' END`;
			});
		case 'variant':
			return `dbx_variant_json(${variantSql(sql)})`;
	}
}
