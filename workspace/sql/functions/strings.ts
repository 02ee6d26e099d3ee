import { asText, wrongArgument } from '../casts/coercion';
import { unsupported } from '../sqlError';
import { BOOLEAN, duckdbType, INT, STRING, typeText } from '../sqlType';
import { isNested } from '../types/commonType';
import { derive, once, onceEach } from '../types/typed';
import { argument, asInt, ofTexts, ofTypes, shownAs, withDefault } from './define';
import type { ScalarFunction } from './signature';

const concat: ScalarFunction = {
	args: [1, Infinity],
	build(args, site) {
		if (args.some((arg) => arg.type.kind === 'array')) {
			const [first, ...rest] = args;
			if (first === undefined || rest.some((arg) => arg.type.kind !== 'array')) {
				throw unsupported('concat of an array and another value');
			}
			const any = args.map((arg) => `${arg.sql} IS NULL`).join(' OR ');
			const joined = args.map((arg) => arg.sql).join(' || ');
			if (rest.some((arg) => duckdbType(arg.type) !== duckdbType(first.type))) {
				throw unsupported('concat of arrays of different types');
			}
			return derive(`CASE WHEN ${any} THEN NULL ELSE ${joined} END`, first.type, site.label, args);
		}
		if (args.some((arg) => arg.type.kind === 'binary'))
			throw unsupported('concat of binary values');
		const texts = args.map((arg, index) => asText(arg, site.label, index));
		const sql = `(${texts.map((text) => text.sql).join(' || ')})`;
		return derive(sql, STRING, site.label, texts);
	},
};

/** NULL values are left out, arrays give their elements. */
const concatWs: ScalarFunction = {
	args: [1, Infinity],
	build(args, site) {
		const separator = asText(argument(args, 0, site), site.label, 0);
		const parts = args.slice(1).map((arg, index) => {
			if (arg.type.kind === 'array') {
				const { element } = arg.type;
				if (element.kind !== 'string' && element.kind !== 'void') {
					throw unsupported(`concat_ws of ${typeText(arg.type)}`);
				}
				return { ...arg, sql: `coalesce(CAST(${arg.sql} AS VARCHAR[]), [])` };
			}
			if (isNested(arg.type)) {
				throw wrongArgument(site.label, index + 1, '("ARRAY<STRING>" or "STRING")', arg);
			}
			const text = asText(arg, site.label, index + 1);
			return { ...text, sql: `[${text.sql}]` };
		});
		const lists = parts.map((part) => part.sql);
		const list = lists.length === 0 ? 'CAST([] AS VARCHAR[])' : lists.join(' || ');
		const kept = `list_filter(CAST(${list} AS VARCHAR[]), lambda e: e IS NOT NULL)`;
		const sql = once(
			separator.sql,
			(v) => `CASE WHEN ${v} IS NOT NULL THEN coalesce(array_to_string(${kept}, ${v}), '') END`,
		);
		return derive(sql, STRING, site.label, [separator, ...parts]);
	},
};

/** Position from 1; 0 is read as 1; negative counts from the end. */
const substring: ScalarFunction = {
	args: [2, 3],
	build(args, site) {
		const value = argument(args, 0, site);
		if (value.type.kind === 'binary') throw unsupported('substring of a binary value');
		const text = asText(value, site.label, 0);
		const start = asInt(argument(args, 1, site), site);
		const length = args[2] === undefined ? undefined : asInt(args[2], site);
		const sql = onceEach(text.sql, start.sql, (s, p) => {
			const from = `CASE WHEN ${p} > 0 THEN ${p} WHEN ${p} < 0 THEN length(${s}) + ${p} + 1 ELSE 1 END`;
			if (length === undefined) {
				return `CASE WHEN ${s} IS NOT NULL AND ${p} IS NOT NULL THEN substring(${s}, greatest(${from}, 1)) END`;
			}
			const end = `(${from}) + CAST(${length.sql} AS BIGINT)`;
			return `CASE WHEN ${s} IS NOT NULL AND ${p} IS NOT NULL AND ${length.sql} IS NOT NULL THEN substring(${s}, greatest(${from}, 1), greatest(${end} - greatest(${from}, 1), 0)) END`;
		});
		const parts = [text, start, ...(length === undefined ? [] : [length])];
		return derive(sql, STRING, site.label, parts);
	},
};

const left: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const length = asInt(argument(args, 1, site), site);
		const sql = `left(${text.sql}, greatest(${length.sql}, CASE WHEN ${length.sql} IS NOT NULL THEN 0 END))`;
		return derive(sql, STRING, site.label, [text, length]);
	},
};

const right: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const length = asInt(argument(args, 1, site), site);
		const sql = `right(${text.sql}, greatest(${length.sql}, CASE WHEN ${length.sql} IS NOT NULL THEN 0 END))`;
		return derive(sql, STRING, site.label, [text, length]);
	},
};

/** Longer texts are cut to the length; an empty pad fills nothing. */
const pad = (name: 'lpad' | 'rpad'): ScalarFunction => ({
	args: [2, 3],
	build(args, site) {
		const value = argument(args, 0, site);
		if (value.type.kind === 'binary') throw unsupported(`${name} of a binary value`);
		const text = asText(value, site.label, 0);
		const length = asInt(argument(args, 1, site), site);
		const fill = args[2] === undefined ? undefined : asText(args[2], site.label, 2);
		if (fill?.literal?.value === '' || (fill !== undefined && fill.literal === undefined)) {
			throw unsupported(`${name} with a pad that is empty or no literal`);
		}
		const size = `greatest(${length.sql}, CASE WHEN ${length.sql} IS NOT NULL THEN 0 END)`;
		const sql = `${name}(${text.sql}, ${size}, ${fill?.sql ?? "' '"})`;
		return derive(sql, STRING, site.label, [text, length, ...(fill === undefined ? [] : [fill])]);
	},
});

/** Without characters only spaces are taken off. The characters come first, as Spark has them. */
const trim = (name: 'ltrim' | 'rtrim'): ScalarFunction => ({
	args: [1, 2],
	build(args, site) {
		const texts = args.map((arg, index) => asText(arg, site.label, index));
		const [a, b] = texts;
		const sql = b === undefined ? `${name}(${a?.sql}, ' ')` : `${name}(${b.sql}, ${a?.sql})`;
		const label =
			b === undefined
				? site.label
				: `TRIM(${name === 'ltrim' ? 'LEADING' : 'TRAILING'} ${a?.label} FROM ${b.label})`;
		return derive(sql, STRING, label, texts);
	},
});

const length: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		if (value.type.kind === 'binary') {
			return derive(`CAST(octet_length(${value.sql}) AS INTEGER)`, INT, site.label, [value]);
		}
		const text = asText(value, site.label, 0);
		return derive(`CAST(length(${text.sql}) AS INTEGER)`, INT, site.label, [text]);
	},
};

const octetLength: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		const text = value.type.kind === 'binary' ? value : asText(value, site.label, 0);
		const sql = text.type.kind === 'binary' ? `octet_length(${text.sql})` : `strlen(${text.sql})`;
		return derive(`CAST(${sql} AS INTEGER)`, INT, site.label, [text]);
	},
};

const splitPart: ScalarFunction = {
	args: [3, 3],
	build(args, site) {
		const [text, separator] = [0, 1].map((index) =>
			asText(argument(args, index, site), site.label, index),
		);
		const place = asInt(argument(args, 2, site), site);
		if (text === undefined || separator === undefined) throw unsupported('split_part');
		if (
			separator.literal?.value === '' ||
			Number(place.literal?.value ?? argument(args, 2, site).literal?.value ?? 1) === 0
		) {
			throw unsupported('split_part with an empty separator or part 0');
		}
		const sql = `split_part(${text.sql}, ${separator.sql}, ${place.sql})`;
		return derive(sql, STRING, site.label, [text, separator, place]);
	},
};

const upperLower = (name: 'upper' | 'lower'): ScalarFunction =>
	ofTexts([1, 1], STRING, (text) => `dbx_${name}(${text})`);

const located = shownAs(
	ofTexts([2, 2], INT, (part, text) => `CAST(strpos(${text}, ${part}) AS INTEGER)`),
	(labels, site) => `${site.name}(${labels.join(', ')}, 1)`,
);

const reverse: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		if (args[0]?.type.kind === 'array') throw unsupported('reverse of an array');
		return ofTexts([1, 1], STRING, (text) => `dbx_reverse(${text})`).build(args, site);
	},
};

export const STRINGS: [string, ScalarFunction][] = [
	['concat', concat],
	['concat_ws', concatWs],
	['substring', withDefault(substring, '2147483647')],
	['substr', withDefault(substring, '2147483647')],
	['left', left],
	['right', right],
	['lpad', withDefault(pad('lpad'), ' ')],
	['rpad', withDefault(pad('rpad'), ' ')],
	['trim', ofTexts([1, 1], STRING, (text) => `trim(${text}, ' ')`)],
	['btrim', ofTexts([1, 2], STRING, (text, chars) => `trim(${text}, ${chars ?? "' '"})`)],
	[
		'trim_from',
		shownAs(
			ofTexts([2, 2], STRING, (text, chars) => `trim(${text}, ${chars})`),
			([text, chars]) => `TRIM(BOTH ${chars} FROM ${text})`,
		),
	],
	['ltrim', trim('ltrim')],
	['rtrim', trim('rtrim')],
	['upper', upperLower('upper')],
	['ucase', upperLower('upper')],
	['lower', upperLower('lower')],
	['lcase', upperLower('lower')],
	['length', length],
	['len', length],
	['char_length', length],
	['character_length', length],
	['octet_length', octetLength],
	['split_part', splitPart],
	[
		'replace',
		withDefault(
			ofTexts([2, 3], STRING, (text, from, to) => `replace(${text}, ${from}, ${to ?? "''"})`),
			'',
		),
	],
	['translate', ofTexts([3, 3], STRING, (text, from, to) => `translate(${text}, ${from}, ${to})`)],
	['reverse', reverse],
	['contains', ofTexts([2, 2], BOOLEAN, (text, part) => `contains(${text}, ${part})`)],
	['startswith', ofTexts([2, 2], BOOLEAN, (text, part) => `starts_with(${text}, ${part})`)],
	['endswith', ofTexts([2, 2], BOOLEAN, (text, part) => `ends_with(${text}, ${part})`)],
	['instr', ofTexts([2, 2], INT, (text, part) => `CAST(strpos(${text}, ${part}) AS INTEGER)`)],
	['position', located],
	['locate', located],
	['charindex', ofTexts([2, 2], INT, (part, text) => `CAST(strpos(${text}, ${part}) AS INTEGER)`)],
	[
		'repeat',
		ofTypes(
			[STRING, INT],
			STRING,
			(text, times) =>
				`repeat(${text}, greatest(${times}, CASE WHEN ${times} IS NOT NULL THEN 0 END))`,
		),
	],
	[
		'space',
		ofTypes(
			[INT],
			STRING,
			(times) => `repeat(' ', greatest(${times}, CASE WHEN ${times} IS NOT NULL THEN 0 END))`,
		),
	],
];
