import type { ScalarFunction } from '../calls';
import { COLLECTIONS } from './collections';
import { CONDITIONALS } from './conditionals';
import { DATES } from './dates';
import { DATE_UNITS } from './dateUnits';
import { JSON_FUNCTIONS } from './json';
import { NUMBERS } from './numbers';
import { SESSION } from './session';
import { STRINGS } from './strings';

/** Every verified function of one row, by its name in lower case. */
export const SCALARS: ReadonlyMap<string, ScalarFunction> = new Map([
	...CONDITIONALS,
	...STRINGS,
	...NUMBERS,
	...DATES,
	...DATE_UNITS,
	...COLLECTIONS,
	...JSON_FUNCTIONS,
	...SESSION,
]);
