import type { Timestamp } from './pythonTimestamp';

/**
 * A value as Python's `json` reads it: whole numbers are `bigint`, numbers with a point or an
 * exponent are `number`, objects keep their order and the last of two equal keys. Timestamps come of
 * columns of dates alone.
 */
export type PythonValue =
	| null
	| boolean
	| number
	| bigint
	| string
	| Timestamp
	| PythonValue[]
	| Map<string, PythonValue>;
