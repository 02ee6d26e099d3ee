import { coerce } from './coercion';
import { SqlError, unsupported } from '../sqlError';
import { sameType, STRING, typeText, type SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import type { Typed } from '../types/typed';

const isText = ({ type }: Typed): boolean => type.kind === 'string' || type.kind === 'collated';

/**
 * Gives the texts among operands that are brought together one collation: that of COLLATE where one of
 * them has it, else that of the columns; constants take it. Without collated texts nothing changes.
 * @throws SqlError COLLATION_MISMATCH.EXPLICIT for two of COLLATE,
 *   INDETERMINATE_COLLATION_IN_EXPRESSION for columns that differ, 0A000 where it is not verified
 */
export function withOneCollation(operands: readonly Typed[], label: string): Typed[] {
	if (!operands.some(({ type }) => type.kind === 'collated')) return [...operands];
	const target = collationOf(operands.filter(isText), label);
	return operands.map((operand) => (isText(operand) ? collated(operand, target) : operand));
}

function collationOf(texts: readonly Typed[], label: string): SqlType {
	const explicit = texts.filter((text) => text.explicitCollation === true);
	const [chosen] = explicit;
	if (chosen !== undefined) {
		if (explicit.every(({ type }) => sameType(type, chosen.type))) return chosen.type;
		const names = explicit.map(({ type }) => `"${typeText(type)}"`).join(', ');
		throw new SqlError(
			'COLLATION_MISMATCH.EXPLICIT',
			'42P21',
			`Could not determine which collation to use for string functions and operators. Error occurred due to the mismatch between explicit collations: [${names}]. Decide on a single explicit collation and remove others.`,
		);
	}
	const [first = STRING, ...others] = texts
		.filter(({ type, literal }) => type.kind === 'collated' || literal === undefined)
		.map(({ type }) => type);
	if (others.every((type) => sameType(type, first))) return first;
	const isColumn = (text: Typed): boolean =>
		text.literal !== undefined || text.attribute === true || text.type.kind === 'collated';
	if (!texts.every(isColumn)) throw unsupported(`an expression of STRING in ${label}`);
	throw new SqlError(
		'INDETERMINATE_COLLATION_IN_EXPRESSION',
		'42P22',
		`Data type of "${label}" has indeterminate collation. Use COLLATE clause to set the collation explicitly.`,
	);
}

function collated(operand: Typed, target: SqlType): Typed {
	if (sameType(operand.type, target)) return operand;
	const changed = coerce(operand, target);
	const value = operand.literal?.value;
	if (typeof value !== 'string' || target.kind !== 'collated') return changed;
	return { ...changed, label: `${sqlString(value)} collate ${target.collation}` };
}

/** A collated text beside what is no text is a text like any other. */
export function withoutCollation(operand: Typed, other: Typed): Typed {
	const isAlone = !isText(other) && other.type.kind !== 'void';
	return operand.type.kind === 'collated' && isAlone ? coerce(operand, STRING) : operand;
}
