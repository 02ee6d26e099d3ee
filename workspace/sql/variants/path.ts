import { isScalar, type Variant } from './value';

const STEP = /\.([^.[]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/** The steps of `$.a[0]['b c']`; undefined for a path that variant_get does not take. */
export function stepsOf(path: string): (string | number)[] | undefined {
	if (!path.startsWith('$')) return undefined;
	const steps: (string | number)[] = [];
	STEP.lastIndex = 1;
	while (STEP.lastIndex < path.length) {
		const match = STEP.exec(path);
		if (match === null) return undefined;
		const [, name, index, single, double] = match;
		steps.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
	}
	return steps;
}

/** What a path finds; undefined where nothing is. Names match by letter case, places count from 0. */
export function found(value: Variant, steps: readonly (string | number)[]): Variant | undefined {
	let here: Variant | undefined = value;
	for (const step of steps) {
		if (here === undefined || here === null || typeof here === 'boolean' || isScalar(here)) {
			return undefined;
		}
		if (Array.isArray(here)) here = typeof step === 'number' ? here[step] : undefined;
		else here = typeof step === 'string' ? here.get(step) : undefined;
	}
	return here;
}
