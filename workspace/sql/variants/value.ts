/**
 * What a scalar inside a VARIANT is: `i` BIGINT, `n` DECIMAL, `e` DOUBLE, `f` FLOAT, `s` STRING,
 * `d` DATE, `t` TIMESTAMP, `z` TIMESTAMP_NTZ, `b` BINARY.
 */
export type Tag = 'i' | 'n' | 'e' | 'f' | 's' | 'd' | 't' | 'z' | 'b';
export interface Scalar {
	tag: Tag;
	/** as CAST AS STRING gives it; base64 for BINARY */
	text: string;
}

/** A VARIANT as a tree. Objects are ordered by their keys, as Spark keeps them. */
export type Variant = null | boolean | Scalar | Variant[] | Map<string, Variant>;

const isTag = (text: string): text is Tag => /^[inefsdtzb]$/.test(text);

export const isScalar = (value: Variant): value is Scalar =>
	typeof value === 'object' && value !== null && 'tag' in value;

/** The keys of an object in the order that Spark keeps them in: by UTF-16 units. */
export const sortedEntries = (value: ReadonlyMap<string, Variant>): [string, Variant][] =>
	[...value].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/**
 * The text that a VARIANT is stored as: JSON in which every scalar but truth values is a text that
 * begins with its tag, so that no digit and no type is lost. `{"a":["i1","n2.5"],"b":"sx"}`
 */
export function stored(value: Variant): string {
	if (value === null || typeof value === 'boolean') return String(value);
	if (Array.isArray(value)) return `[${value.map(stored).join(',')}]`;
	if (isScalar(value)) return JSON.stringify(value.tag + value.text);
	const fields = sortedEntries(value).map(
		([key, each]) => `${JSON.stringify(key)}:${stored(each)}`,
	);
	return `{${fields.join(',')}}`;
}

/** The tree of a stored text. */
export const read = (text: string): Variant => treeOf(JSON.parse(text));

function treeOf(json: unknown): Variant {
	if (json === null || typeof json === 'boolean') return json;
	if (Array.isArray(json)) return json.map(treeOf);
	if (typeof json === 'object') {
		return new Map(Object.entries(json).map(([key, each]) => [key, treeOf(each)]));
	}
	const text = String(json);
	const tag = text.slice(0, 1);
	if (!isTag(tag)) throw new Error('This is no stored VARIANT.');
	return { tag, text: text.slice(1) };
}
