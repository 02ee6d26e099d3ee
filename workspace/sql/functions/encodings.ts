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
	['base64', base64],
];
