import type { PythonValue } from './pythonValue';
import { floatRepr, pythonRepr } from './pythonText';
import type { SignatureColumn } from './signature';

type Types = ReadonlyMap<string, SignatureColumn['type']>;

const scalarClass = {
	double: 'np.float64',
	long: 'np.int64',
	integer: 'np.int32',
	string: 'np.str_',
	float: 'np.float32',
	boolean: 'np.bool',
	datetime: 'np.datetime64',
	array: 'list',
	object: 'dict',
} as const;

/** `str` of a list of records whose values are numpy scalars. */
export function numpyRecordsText(rows: Map<string, PythonValue>[], types: Types): string {
	const texts = rows.map((row) => {
		const members = [...row].map(([name, value]) => {
			const type = types.get(name);
			const text = pythonRepr(value);
			const shown = type === undefined ? text : `${scalarClass[type]}(${text})`;
			return `${pythonRepr(name)}: ${shown}`;
		});
		return `{${members.join(', ')}}`;
	});
	return `[${texts.join(', ')}]`;
}

/** `str` of a dictionary of numpy arrays, without numpy's line breaks and alignment. */
export function numpyDictText(
	columns: { name: string; values: PythonValue[] }[],
	types: Types,
): string {
	const members = columns.map(({ name, values }) => {
		const type = types.get(name);
		const suffix =
			type === 'integer'
				? ', dtype=int32'
				: type === 'string'
					? `, dtype='<U${widest(values)}'`
					: '';
		return `${pythonRepr(name)}: array([${values.map(arrayElement).join(', ')}]${suffix})`;
	});
	return `{${members.join(', ')}}`;
}

/** `str` of a nested array of doubles. */
export function arrayText(values: PythonValue[], depth = 1): string {
	if (!values.some((value) => Array.isArray(value))) {
		return `[${values.map(arrayElement).join(' ')}]`;
	}
	const inner = values.map((value) => (Array.isArray(value) ? arrayText(value, depth + 1) : ''));
	return `[${inner.join(`\n${' '.repeat(depth)}`)}]`;
}

function arrayElement(value: PythonValue): string {
	return typeof value === 'number' ? floatRepr(value).replace(/\.0$/, '.') : pythonRepr(value);
}

function widest(values: PythonValue[]): number {
	return Math.max(1, ...values.map((value) => (typeof value === 'string' ? value.length : 1)));
}
