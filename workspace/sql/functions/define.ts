import { asText, coerce } from '../casts/coercion';
import { unsupported } from '../sqlError';
import { INT, type SqlType } from '../sqlType';
import { isIntegral } from '../types/commonType';
import { derive, type Typed } from '../types/typed';
import type { CallSite, ScalarFunction } from './signature';

/** The argument at a place that the argument count has already assured. */
export function argument(args: readonly Typed[], index: number, site: CallSite): Typed {
	const found = args[index];
	if (found === undefined) throw unsupported(`${site.name} with so few arguments`);
	return found;
}

/** The argument of an aggregate of one. */
export function first(args: readonly Typed[]): Typed {
	const [value] = args;
	if (value === undefined) throw unsupported('an aggregate without an argument');
	return value;
}

/** A function of texts only: `sql` gets the SQL of each argument. */
export function ofTexts(
	args: [least: number, most: number],
	type: SqlType,
	sql: (...texts: string[]) => string,
): ScalarFunction {
	return {
		args,
		build(values, site) {
			const texts = values.map((value, index) => asText(value, site.label, index));
			return derive(sql(...texts.map((text) => text.sql)), type, site.label, texts);
		},
	};
}

/** A function whose arguments are cast to fixed types. */
export function ofTypes(
	inputs: readonly SqlType[],
	type: SqlType,
	sql: (...values: string[]) => string,
	least = inputs.length,
): ScalarFunction {
	return {
		args: [least, inputs.length],
		build(values, site) {
			const cast = values.map((value, index) => coerce(value, inputs[index] ?? value.type));
			return derive(sql(...cast.map((value) => value.sql)), type, site.label, cast);
		},
	};
}

/** A function that Spark shows under another text than `name(arguments)`. */
export function shownAs(
	inner: ScalarFunction,
	text: (labels: readonly string[], site: CallSite) => string,
): ScalarFunction {
	return {
		...inner,
		build(args, site) {
			const labels = args.map((arg) => arg.label);
			return inner.build(args, { ...site, label: text(labels, site) });
		},
	};
}

/** A function whose last argument is shown with its default when it is left out. */
export function withDefault(inner: ScalarFunction, shown: string): ScalarFunction {
	return shownAs(inner, (labels, site) => {
		const all = labels.length < inner.args[1] ? [...labels, shown] : labels;
		return `${site.name}(${all.join(', ')})`;
	});
}

/** A whole number argument as INT; texts are cast, fractions are refused. */
export function asInt(value: Typed, site: CallSite): Typed {
	if (isIntegral(value.type) || value.type.kind === 'string' || value.type.kind === 'void') {
		return coerce(value, INT);
	}
	throw unsupported(`${site.name} with a number that is not whole`);
}

/** The text of a literal argument; other arguments are refused by name. */
export function literalText(value: Typed, what: string): string {
	const text = value.literal?.value;
	if (typeof text !== 'string') throw unsupported(`${what} that is no literal`);
	return text;
}
