import { coerce, wrongArgument } from '../casts/coercion';
import { DATE, TIMESTAMP } from '../sqlType';
import { isTime } from '../types/commonType';
import type { Typed } from '../types/typed';
import type { CallSite } from './signature';

/** An argument as DATE: texts and timestamps are cast. */
export function asDate(value: Typed, site: CallSite, index = 0): Typed {
	if (value.type.kind === 'date') return value;
	if (isTime(value.type) || value.type.kind === 'string' || value.type.kind === 'void') {
		return coerce(value, DATE);
	}
	throw wrongArgument(site.label, index, '"DATE"', value);
}

/** An argument as TIMESTAMP (or TIMESTAMP_NTZ where it is one). */
export function asTime(value: Typed, site: CallSite, index = 0): Typed {
	if (isTime(value.type)) return value;
	if (value.type.kind === 'date' || value.type.kind === 'string' || value.type.kind === 'void') {
		return coerce(value, TIMESTAMP);
	}
	throw wrongArgument(site.label, index, '"TIMESTAMP"', value);
}
