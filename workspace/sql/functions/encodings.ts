import { asText, coerce } from '../casts/coercion';
import { unsupported } from '../sqlError';
import { BINARY, STRING } from '../sqlType';
import { isNested } from '../types/commonType';
import { derive, once } from '../types/typed';
import { argument, asInt, literalText, ofTexts } from './define';
import type { ScalarFunction } from './signature';

const chr: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = asInt(argument(args, 0, site), site);
		const sql = once(
			value.sql,
			(v) => `CASE WHEN ${v} < 0 THEN '' ELSE chr(CAST(${v} % 256 AS INTEGER)) END`,
		);
		return derive(sql, STRING, site.label, [value]);
	},
};

const sha2: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const bits = literalText(argument(args, 1, site), 'sha2 with a length');
		if (bits !== '256' && bits !== '0') throw unsupported(`sha2 with ${bits} bits; use 256`);
		const value = argument(args, 0, site);
		const text = value.type.kind === 'binary' ? value : asText(value, site.label, 0);
		return derive(`sha256(${text.sql})`, STRING, site.label, [text]);
	},
};

const hex: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		if (isNested(value.type)) throw unsupported('hex of an array, map or struct');
		if (value.type.kind !== 'binary' && value.type.kind !== 'string') {
			throw unsupported('hex of anything but text and binary');
		}
		return derive(`upper(hex(${value.sql}))`, STRING, site.label, [value]);
	},
};

/** The bytes of pairs of hexadecimal digits; what Spark makes of other texts is refused as the query runs. */
const unhex: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = asText(argument(args, 0, site), site.label, 0);
		const sql = once(
			value.sql,
			(v) =>
				`CASE WHEN ${v} IS NULL THEN NULL WHEN regexp_full_match(${v}, '([0-9A-Fa-f]{2})*') THEN unhex(${v}) ELSE dbx_unsupported('unhex of a text that is no pairs of digits') END`,
		);
		return derive(sql, BINARY, site.label, [value], { fallible: true });
	},
};

const base64: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = coerce(argument(args, 0, site), BINARY);
		return derive(`base64(${value.sql})`, STRING, site.label, [value]);
	},
};

export const ENCODINGS: [string, ScalarFunction][] = [
	['chr', chr],
	['char', chr],
	['sha2', sha2],
	['sha', ofTexts([1, 1], STRING, (text) => `sha1(${text})`)],
	['sha1', ofTexts([1, 1], STRING, (text) => `sha1(${text})`)],
	['md5', ofTexts([1, 1], STRING, (text) => `md5(${text})`)],
	['hex', hex],
	['unhex', unhex],
	['base64', base64],
];
