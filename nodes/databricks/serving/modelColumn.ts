/** What a column of a model holds; `other` is anything that nothing here is known of. */
export type ColumnType =
	| 'double'
	| 'integer'
	| 'long'
	| 'string'
	| 'boolean'
	| 'datetime'
	| 'doubles'
	| 'array'
	| 'object'
	| 'other';

export interface ModelColumn {
	name: string;
	type: ColumnType;
	required: boolean;
}
