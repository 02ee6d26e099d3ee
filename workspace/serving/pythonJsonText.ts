import { floatRepr } from './pythonText';
import { Timestamp } from './pythonTimestamp';
import type { PythonValue } from './pythonValue';

/**
 * `json.dumps(value)`: a space after colon and comma, nothing but ASCII, and NaN and infinities as bare
 * words, which are no JSON.
 */
export function pythonJsonText(value: PythonValue): string {
	if (value === null) return 'null';
	if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
	if (typeof value === 'number') return numberText(value);
	if (typeof value === 'string') return asciiText(value);
	if (value instanceof Timestamp) return asciiText(value.text().replace(' ', 'T'));
	if (Array.isArray(value)) return `[${value.map(pythonJsonText).join(', ')}]`;
	const members = [...value].map(([name, item]) => `${asciiText(name)}: ${pythonJsonText(item)}`);
	return `{${members.join(', ')}}`;
}

function numberText(value: number): string {
	if (Number.isFinite(value)) return floatRepr(value);
	return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function asciiText(text: string): string {
	return JSON.stringify(text).replace(
		/[\u007f-\uffff]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}
