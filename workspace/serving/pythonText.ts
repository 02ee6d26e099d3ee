import { Timestamp } from './pythonTimestamp';
import type { PythonValue } from './pythonValue';

/** `repr(value)`: texts of the scoring server's messages show values this way. */
export function pythonRepr(value: PythonValue): string {
	if (value === null) return 'None';
	if (typeof value === 'boolean') return value ? 'True' : 'False';
	if (typeof value === 'bigint') return value.toString();
	if (typeof value === 'number') return floatRepr(value);
	if (typeof value === 'string') return quoted(value);
	if (value instanceof Timestamp) return value.repr;
	if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
	return `{${[...value].map(([key, item]) => `${quoted(key)}: ${pythonRepr(item)}`).join(', ')}}`;
}

/** `str(value)`: as `repr`, but a text stands without quotes. */
export function pythonStr(value: PythonValue): string {
	return typeof value === 'string' ? value : pythonRepr(value);
}

/** The class name: `str`, `int`, `NoneType` … */
export function pythonTypeName(value: PythonValue): string {
	if (value === null) return 'NoneType';
	if (typeof value === 'boolean') return 'bool';
	if (typeof value === 'bigint') return 'int';
	if (typeof value === 'number') return 'float';
	if (typeof value === 'string') return 'str';
	if (value instanceof Timestamp) return 'Timestamp';
	return Array.isArray(value) ? 'list' : 'dict';
}

/** `repr(bytes)` of a request body: `b'…'` */
export function bytesRepr(bytes: Uint8Array): string {
	const text = Buffer.from(bytes).toString('latin1');
	const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
	const body = text.replace(/[\\'\x00-\x1f\x7f-\xff]/g, (character) => {
		if (character === '\\') return '\\\\';
		if (character === "'") return quote === "'" ? "\\'" : "'";
		return escaped(character);
	});
	return `b${quote}${body}${quote}`;
}

function quoted(text: string): string {
	const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
	const body = text.replace(/[\\'\x00-\x1f\x7f-\xa0]/g, (character) => {
		if (character === '\\') return '\\\\';
		if (character === "'") return quote === "'" ? "\\'" : "'";
		return escaped(character);
	});
	return `${quote}${body}${quote}`;
}

function escaped(character: string): string {
	const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
	return named[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Python's shortest text of a double: `1.0`, `1e+16`, `nan`. */
export function floatRepr(value: number): string {
	if (Number.isNaN(value)) return 'nan';
	if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
	if (Object.is(value, -0)) return '-0.0';
	const magnitude = Math.abs(value);
	if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
		const [mantissa = '', exponent = ''] = value.toExponential().split('e');
		return `${mantissa}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`;
	}
	return Number.isInteger(value) ? `${BigInt(value)}.0` : String(value);
}
