import type { SqlType } from '../../sql/sqlType';

/** A value as Arrow lays it out: the text of a scalar, the elements of a list, the fields of a struct. */
export type Value = string | null | readonly Value[];

/** JSON as a result has it: its scalars are texts, members keep their order and may come twice. */
type Json = string | null | { elements: Json[] } | { members: [string, Json][] };

/** The value of a cell, with a map as a list of its keys and values. NULL is none. */
export function valueOf(cell: string | null, type: SqlType): Value {
	if (cell === null || !isNested(type)) return cell;
	return valueIn(new Reader(cell).json(), type);
}

const isNested = ({ kind }: SqlType) => kind === 'array' || kind === 'map' || kind === 'struct';

function valueIn(json: Json, type: SqlType): Value {
	if (json === null || typeof json === 'string') return json;
	const isObject = 'members' in json;
	if (type.kind === 'array' && !isObject) {
		return json.elements.map((element) => valueIn(element, type.element));
	}
	if (type.kind === 'map' && isObject) {
		return json.members.map(([key, value]) => [valueOf(key, type.key), valueIn(value, type.value)]);
	}
	if (type.kind === 'struct' && isObject && json.members.length === type.fields.length) {
		return type.fields.map((field, at) => valueIn(json.members[at]?.[1] ?? null, field.type));
	}
	throw new Error(`A value in a result does not have its type, ${type.kind}.`);
}

/** Reads what JSON.parse would put into another order: members whose names are numbers. */
class Reader {
	private at = 0;

	constructor(private readonly text: string) {}

	json(): Json {
		switch (this.text[this.at]) {
			case '[':
				return { elements: this.list(']', () => this.json()) };
			case '{':
				return { members: this.list('}', () => this.member()) };
			case '"':
				return this.string();
			default:
				this.at += 'null'.length;
				return null;
		}
	}

	private member(): [string, Json] {
		const name = this.string();
		this.at++;
		return [name, this.json()];
	}

	private list<Item>(end: string, item: () => Item): Item[] {
		const items: Item[] = [];
		this.at++;
		while (this.text[this.at] !== end) {
			items.push(item());
			if (this.text[this.at] === ',') this.at++;
		}
		this.at++;
		return items;
	}

	private string(): string {
		const token = /"(?:[^"\\]|\\.)*"/sy;
		token.lastIndex = this.at;
		const [found] = token.exec(this.text) ?? [];
		const value: unknown = JSON.parse(found ?? '');
		if (found === undefined || typeof value !== 'string') throw new Error('A text is missing.');
		this.at = token.lastIndex;
		return value;
	}
}
