import { DatabricksError } from '../databricks/errors';
import { parseExactJson } from '../databricks/exactJson';
import { isDateLike } from '../databricks/sql/moments';
import { parseSqlType } from '../databricks/sql/sqlTypes';
import { scalarText } from '../databricks/sql/sqlValues';
import type { StatementParameter } from '../databricks/sql/statements';
import { markersOf, replaceMarkers } from '../databricks/sql/statementText';
import { fitted } from '../databricks/sql/valueMismatch';
import { textOf } from '../n8n/parameters';

/** A statement whose markers all have a value. */
export interface BoundStatement {
	statement: string;
	parameters: StatementParameter[];
}

/** A value that was given for a marker: one, or one for each element of a list. */
interface Given {
	name: string;
	/** Left out for NULL without a type. */
	type?: string;
	values: unknown[];
	isList: boolean;
}

/**
 * Binds the rows of the 'Parameters' field. Throws DatabricksError (badRequest) that names the
 * parameter: a wrong value, a marker without a value, a value without a marker.
 */
export function bindRows(statement: string, rows: Record<string, unknown>[]): BoundStatement {
	const given = rows.filter((row) => textOf(row.name)?.trim()).map(givenIn);
	const twice = given.find(
		(row, index) => given.findIndex((other) => other.name === row.name) < index,
	);
	if (twice !== undefined) throw wrong(twice.name, 'is given twice', 'Remove one of the two.');
	const wanted = new Set(markersOf(statement).map(({ name }) => name));
	for (const { name } of given) {
		if (wanted.has(name)) continue;
		throw wrong(
			name,
			'has no marker in the statement',
			`Write :${name} where the value belongs, or remove the parameter. Names are told apart by case, a marker inside quotes is text, and one right after a word (THEN:${name}) needs a space before its colon.`,
		);
	}
	for (const name of wanted) {
		if (given.some((row) => row.name === name)) continue;
		throw noValue(name, `Add "${name}" under 'Parameters'. ${noMarker(name)}`);
	}
	return bound(statement, given);
}

/** Binds each marker to the field of an item that has its name. Throws as `bindRows` does. */
export function bindItem(statement: string, item: Record<string, unknown>): BoundStatement {
	const names = [...new Set(markersOf(statement).map(({ name }) => name))];
	return bound(
		statement,
		names.map((name) => {
			if (Object.hasOwn(item, name)) return inferred(name, item[name]);
			throw noValue(
				name,
				`The item has no field "${name}"; its fields: ${fieldNames(item)}. ${noMarker(name)}`,
			);
		}),
	);
}

function fieldNames(item: Record<string, unknown>): string {
	const names = Object.keys(item);
	return names.length === 0 ? 'none' : names.slice(0, 30).join(', ');
}

function givenIn(row: Record<string, unknown>): Given {
	const name = (textOf(row.name) ?? '').trim().replace(/^:/, '');
	if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
		throw wrong(
			name,
			'cannot be the name of a marker',
			'Use letters, digits and underscores, and begin with a letter.',
		);
	}
	const type = textOf(row.type) ?? 'STRING';
	if (type === 'NULL') return { name, values: [null], isList: false };
	if (type !== 'LIST') {
		return { name, type: typeText(type, row, name), values: [row.value ?? null], isList: false };
	}
	const elementType = typeText(textOf(row.elementType) ?? 'STRING', row, name);
	return { name, type: elementType, values: listOf(row.value, name), isList: true };
}

function listOf(value: unknown, name: string): unknown[] {
	if (Array.isArray(value)) return value;
	try {
		const parsed = parseExactJson(textOf(value) ?? '');
		if (Array.isArray(parsed)) return parsed;
	} catch {
		// Said below, in the same words.
	}
	throw wrong(
		name,
		'is no list',
		'Give it as an expression that gives a list, or as JSON, as in ["RIM", "BOM"].',
	);
}

/** What an item holds, as the type that loses nothing. */
function inferred(name: string, value: unknown): Given {
	if (!Array.isArray(value)) return { name, type: typeOf(value), values: [value], isList: false };
	const types = new Set(value.filter((element) => element !== null).map(typeOf));
	const [type = 'STRING'] = types;
	if (types.size > 1 && ![...types].every((other) => /^(INT|BIGINT|DOUBLE)$/.test(other ?? ''))) {
		throw wrong(name, 'is a list of values of different kinds', 'Make them all texts or numbers.');
	}
	const widest = types.has('DOUBLE') ? 'DOUBLE' : types.has('BIGINT') ? 'BIGINT' : type;
	return { name, type: widest, values: value, isList: true };
}

function typeOf(value: unknown): string {
	if (typeof value === 'boolean') return 'BOOLEAN';
	if (typeof value === 'number') {
		if (!Number.isInteger(value)) return 'DOUBLE';
		return value >= -(2 ** 31) && value < 2 ** 31 ? 'INT' : 'BIGINT';
	}
	return isDateLike(value) ? 'TIMESTAMP' : 'STRING';
}

/** The statement and its parameters, with lists and bytes written as the API takes them. */
function bound(statement: string, given: readonly Given[]): BoundStatement {
	const taken = new Set(given.map(({ name }) => name));
	const replacements = new Map<string, string>();
	const parameters: StatementParameter[] = [];
	for (const { name, type, values, isList } of given) {
		if (isList && values.length === 0) checkEmptyList(statement, name);
		const isBinary = type === 'BINARY';
		const markers = values.map((value, index) => {
			const own = isList ? freeName(`${name}_${index + 1}`, taken) : name;
			const element = isList ? `${name}[${index}]` : name;
			parameters.push(parameterOf(own, element, value, type));
			return isBinary ? `unhex(:${own})` : `:${own}`;
		});
		if (isList || isBinary) {
			replacements.set(name, markers.length === 0 ? `CAST(NULL AS ${type})` : markers.join(', '));
		}
	}
	return {
		statement:
			replacements.size === 0
				? statement
				: replaceMarkers(statement, (name) => replacements.get(name)),
		parameters,
	};
}

/** What stands before a value of a list that is written out after IN. */
const listAfterIn = /\b(NOT\s+)?IN\s*\([^()'"`]*$/i;

/**
 * NULL stands for an empty list, which is right only where a row is kept for being in the list: NOT IN
 * would keep none instead of all, and a function would take a list of one.
 */
function checkEmptyList(statement: string, name: string): void {
	const isElsewhere = markersOf(statement).some((marker) => {
		const match = listAfterIn.exec(statement.slice(0, marker.start));
		return marker.name === name && (match === null || match[1] !== undefined);
	});
	if (!isElsewhere) return;
	throw wrong(
		name,
		`is an empty list, which only IN (:${name}) takes`,
		'Write the statement without it when the list is empty, as NOT IN and functions have no way to take one.',
	);
}

function freeName(wanted: string, taken: Set<string>): string {
	let name = wanted;
	while (taken.has(name)) name = `${name}_`;
	taken.add(name);
	return name;
}

function parameterOf(
	name: string,
	shownName: string,
	value: unknown,
	type: string | undefined,
): StatementParameter {
	if (type === undefined) return { name, value: null };
	// The API has no way to send bytes: they go as hexadecimal text through unhex().
	const isBinary = type === 'BINARY';
	const wireType = isBinary ? 'STRING' : type;
	if (value === null || value === undefined) return { name, value: null, type: wireType };
	const parsed = parseSqlType(type);
	if (parsed.kind !== 'scalar') throw wrong(shownName, `cannot be of the type ${type}`, '');
	const text = fitted(() => scalarText(value, parsed));
	if (!text.ok) throw wrong(shownName, text.mismatch.what, text.mismatch.hint);
	const wireText = isBinary ? Buffer.from(text.value, 'base64').toString('hex') : text.value;
	return { name, value: wireText, type: wireType };
}

/** The type with its precision and scale, or as it is. */
function typeText(type: string, row: Record<string, unknown>, name: string): string {
	if (type !== 'DECIMAL') return type;
	const digits = (textOf(row.precisionScale) ?? '18,2').trim();
	const [precision = 0, scale = 0] = digits.split(',').map(Number);
	const isType = /^\d{1,2}\s*,\s*\d{1,2}$/.test(digits);
	if (isType && precision >= 1 && precision <= 38 && scale <= precision) {
		return `DECIMAL(${precision},${scale})`;
	}
	throw wrong(
		name,
		`cannot be a DECIMAL(${digits})`,
		"Write 'Precision, Scale' as in 18,2: the first is 1 to 38, the second not more than it.",
	);
}

/** A colon with a space before it always begins a marker. */
function noMarker(name: string): string {
	return `If it is a path or a type, write it without the space before the colon, as in data:${name}.`;
}

function noValue(name: string, hint: string): DatabricksError {
	return new DatabricksError({
		kind: 'badRequest',
		message: `The marker :${name} of the statement has no value.`,
		hint,
	});
}

function wrong(name: string, what: string, hint: string): DatabricksError {
	return new DatabricksError({
		kind: 'badRequest',
		message: `The parameter "${name}" ${what}.`,
		hint,
	});
}
