import type { IGetNodeParameterOptions } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';

/** Reads one parameter of one item; each kind of n8n context has its own way to be asked. */
export type ReadParameter = (
	name: string,
	fallback: unknown,
	options?: IGetNodeParameterOptions,
) => unknown;

/** A choice from a list, or what was typed in one of the other modes of a resource locator. */
export interface Locator {
	mode: string;
	value: string;
}

/**
 * The parameters of a node for one item, read with their types. Throws DatabricksError (badRequest)
 * that names the field as it is labelled.
 */
export class Parameters {
	constructor(private readonly read: ReadParameter) {}

	/** Text, trimmed of nothing; numbers and booleans of an expression are written out. */
	text(name: string): string {
		return textOf(this.read(name, '')) ?? '';
	}

	/** The trimmed text, or undefined when the field is empty. */
	optionalText(name: string): string | undefined {
		const text = this.text(name).trim();
		return text === '' ? undefined : text;
	}

	/** Throws when the field is empty. */
	requiredText(name: string, label: string): string {
		return this.optionalText(name) ?? missing(label);
	}

	flag(name: string, fallback = false): boolean {
		const value = this.read(name, fallback);
		return value === true || value === 'true';
	}

	/** A number that is at least `minimum`; throws when it is not. */
	number(name: string, label: string, fallback: number, minimum = 0): number {
		const value = this.read(name, fallback);
		const number = value === '' || value === null ? fallback : Number(value);
		if (Number.isFinite(number) && number >= minimum) return number;
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'${label}' is ${String(value)}, which is not a number of ${minimum} or more.`,
			hint: `Enter a number in '${label}'.`,
		});
	}

	/** One of the given values; throws when an expression gave another. */
	choice<const Value extends string>(name: string, label: string, values: readonly Value[]): Value {
		const text = this.text(name);
		const found = values.find((value) => value === text);
		if (found !== undefined) return found;
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'${label}' is '${text}', which is not one of its options.`,
			hint: `Options: ${values.join(', ')}.`,
		});
	}

	/** The chosen values of a multiple choice. */
	choices(name: string): string[] {
		const value = this.read(name, []);
		return Array.isArray(value) ? value.map(String) : [];
	}

	/** A resource locator; undefined when nothing was chosen. */
	optionalLocator(name: string): Locator | undefined {
		const raw = this.read(name, undefined);
		const mode = typeof raw === 'object' && raw !== null && 'mode' in raw ? String(raw.mode) : 'id';
		const value = textOf(this.read(name, '', { extractValue: true }))?.trim() ?? '';
		return value === '' ? undefined : { mode, value };
	}

	/** A resource locator; throws when nothing was chosen. */
	locator(name: string, label: string): Locator {
		return this.optionalLocator(name) ?? missing(label);
	}

	/** The rows of a fixed collection, each as an object of fields. */
	rows(name: string): Record<string, unknown>[] {
		const value = this.read(name, []);
		return Array.isArray(value) ? value.filter(isRecord) : [];
	}

	/** A comma-separated list, or a list from an expression; without empty entries. */
	list(name: string): string[] {
		const value = this.read(name, '');
		const entries = Array.isArray(value) ? value.map(String) : (textOf(value) ?? '').split(',');
		return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
	}

	/** Whether a field for JSON holds a list. */
	isList(name: string): boolean {
		const value = this.read(name, '');
		return Array.isArray(value) || (textOf(value) ?? '').trim().startsWith('[');
	}

	/** A JSON list, typed as text or given by an expression; undefined when the field is empty. */
	optionalArray(name: string, label: string): unknown[] | undefined {
		const value = this.read(name, '');
		if (Array.isArray(value)) return value;
		const text = (textOf(value) ?? '').trim();
		if (text === '') return undefined;
		const parsed = parse(text);
		if (Array.isArray(parsed)) return parsed;
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'${label}' is not a JSON list.`,
			hint: `Write '${label}' as in ["first", "second"].`,
		});
	}

	/** A JSON object, typed as text or given by an expression; undefined when the field is empty. */
	optionalObject(name: string, label: string): Record<string, unknown> | undefined {
		const value = this.read(name, '');
		if (isRecord(value)) return value;
		const text = (textOf(value) ?? '').trim();
		if (text === '') return undefined;
		const parsed = parse(text);
		if (isRecord(parsed)) return parsed;
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'${label}' is not a JSON object.`,
			hint: `Write '${label}' as in {"name": "value"}.`,
		});
	}
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text, number or boolean as text; undefined for everything else. */
export function textOf(value: unknown): string | undefined {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
		return String(value);
	}
	return undefined;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function missing(label: string): never {
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'${label}' is empty.`,
		hint: `Fill in '${label}', or check the expression in it.`,
	});
}
