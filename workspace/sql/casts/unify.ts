import { typeMismatch, unsupported } from '../sqlError';
import { typeText } from '../sqlType';
import { commonTypeOf } from '../types/commonType';
import type { Typed } from '../types/typed';
import { coerce } from './coercion';
import { withOneCollation } from './collation';

/** Gives several operands their common type. @throws SqlError DATATYPE_MISMATCH.DATA_DIFF_TYPES */
export function unify(given: readonly Typed[], label: string): Typed[] {
	const operands = withOneCollation(given, label);
	const type = commonTypeOf(operands.map((operand) => operand.type));
	if (type === undefined) {
		const collated = operands.find((operand) => operand.type.kind === 'collated');
		if (collated !== undefined) {
			throw unsupported(`${typeText(collated.type)} beside other types in ${label}`);
		}
		const list = operands.map((operand) => `"${typeText(operand.type)}"`).join(', ');
		throw typeMismatch(
			'DATA_DIFF_TYPES',
			label,
			`Input to the function should all be the same type, but it's [${list}].`,
		);
	}
	return operands.map((operand) => coerce(operand, type));
}
