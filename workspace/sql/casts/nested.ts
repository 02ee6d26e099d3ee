import { fieldSql } from '../duckdb/fields';
import type { SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { isNested } from '../types/commonType';
import { lambdaVariable, once } from '../types/typed';
import { NoCast, type Cast, type CastMode } from './castRules';

type CastOfElement = (sql: string, from: SqlType, to: SqlType, mode: CastMode) => Cast;

/** Casts between arrays, maps and structs, element by element; undefined for other types. */
export function nestedCast(
	sql: string,
	from: SqlType,
	to: SqlType,
	mode: CastMode,
	castElement: CastOfElement,
): Cast | undefined {
	if (!isNested(from) && !isNested(to)) return undefined;
	if (from.kind === 'array' && to.kind === 'array') {
		const variable = lambdaVariable(sql);
		const element = castElement(variable, from.element, to.element, mode);
		return {
			sql: `list_transform(${sql}, lambda ${variable}: ${element.sql})`,
			fallible: element.fallible,
		};
	}
	if (from.kind === 'map' && to.kind === 'map') {
		const variable = lambdaVariable(sql);
		const key = castElement(`${variable}.key`, from.key, to.key, mode);
		const value = castElement(`${variable}.value`, from.value, to.value, mode);
		return {
			sql: once(
				sql,
				(v) =>
					`CASE WHEN ${v} IS NOT NULL THEN map_from_entries(list_transform(map_entries(${v}), lambda ${variable}: {'key': ${key.sql}, 'value': ${value.sql}})) END`,
			),
			fallible: key.fallible || value.fallible,
		};
	}
	if (from.kind === 'struct' && to.kind === 'struct') {
		if (from.fields.length !== to.fields.length) throw new NoCast();
		let fallible = false;
		const fields = (v: string): string =>
			to.fields
				.map((field, index) => {
					const source = from.fields[index];
					if (source === undefined) throw new NoCast();
					const cast = castElement(fieldSql(v, source.name), source.type, field.type, mode);
					fallible ||= cast.fallible;
					return `${sqlString(field.name)}: ${cast.sql}`;
				})
				.join(', ');
		const built = once(sql, (v) => `CASE WHEN ${v} IS NOT NULL THEN {${fields(v)}} END`);
		return { sql: built, fallible };
	}
	throw new NoCast();
}
