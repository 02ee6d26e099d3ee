import { ARRAYS } from './arrays';
import { COLLATIONS } from './collations';
import { CONDITIONALS } from './conditionals';
import { DATE_FIELD_FUNCTIONS } from './dateFields';
import { DATE_TEXTS } from './dateTexts';
import { DATE_UNITS } from './dateUnits';
import { DATES } from './dates';
import { ENCODINGS } from './encodings';
import { EPOCHS } from './epochs';
import { INTERVALS } from './intervals';
import { JSON_FUNCTIONS } from './json';
import { LAMBDAS } from './lambdas';
import { NUMBERS } from './numbers';
import { REGEXES } from './regexes';
import { SEQUENCES } from './sequences';
import { SESSION } from './session';
import type { ScalarFunction } from './signature';
import { STRINGS } from './strings';
import { STRUCTURES } from './structures';
import { TIMES_OF_DAY } from './timesOfDay';
import { VARIANTS } from './variants';

/** Every verified function of one row, by its name in lower case. */
export const SCALARS: ReadonlyMap<string, ScalarFunction> = new Map([
	...CONDITIONALS,
	...COLLATIONS,
	...STRINGS,
	...REGEXES,
	...ENCODINGS,
	...NUMBERS,
	...DATES,
	...DATE_FIELD_FUNCTIONS,
	...DATE_TEXTS,
	...EPOCHS,
	...TIMES_OF_DAY,
	...DATE_UNITS,
	...INTERVALS,
	...ARRAYS,
	...STRUCTURES,
	...SEQUENCES,
	...LAMBDAS,
	...JSON_FUNCTIONS,
	...SESSION,
	...VARIANTS,
]);
