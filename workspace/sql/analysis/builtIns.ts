import { AGGREGATES } from '../functions/aggregates';
import { LISTED } from '../functions/listed';
import { SCALARS } from '../functions/scalars';
import { WINDOW_FUNCTIONS } from '../functions/windowFunctions';
import { GENERATORS } from './generatorNames';

const TABLES: readonly { has(name: string): boolean }[] = [
	SCALARS,
	AGGREGATES,
	WINDOW_FUNCTIONS,
	GENERATORS,
	LISTED,
];

/** Whether Databricks has a function of this name (in lower case): it wins over a user's function. */
export const isBuiltIn = (name: string): boolean =>
	name === 'range' || TABLES.some((table) => table.has(name));
