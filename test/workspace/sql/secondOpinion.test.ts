import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ast, Dialect, init, parse } from '@polyglot-sql/sdk';
import { z } from 'zod';
import { lookUp } from '../../../workspace/sql/analysis/prepare';
import { queryOf } from '../../../workspace/sql/parser/parse';
import type { Query, QueryBody } from '../../../workspace/sql/parser/syntax';
import type { Scope } from '../../../workspace/sql/scope';
import { SqlError } from '../../../workspace/sql/sqlError';
import { classify, splitStatements, tokenize } from '../../../workspace/sql/tokens';

/**
 * polyglot, whose Databricks grammar nobody here wrote, reads what our parser and our DML read. It
 * takes far more than Spark does, so it cannot tell what is wrong SQL; what both take, they must
 * understand alike.
 */

const root = join(__dirname, '../../..');
const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

type Tree = Parameters<typeof ast.getTableNames>[0];

interface Statement {
	/** where it comes from */
	from: string;
	text: string;
	/** the condition that Spark refused it with; bundle and workflows are run by other tests */
	refused?: string;
}

/** Why polyglot does not read what Databricks takes. */
const NOT_READ: [reason: string, pattern: RegExp][] = [
	['typed literals TIMESTAMP_NTZ and TIMESTAMP_LTZ', /\btimestamp_(?:ntz|ltz)\s*'/i],
	['a LIMIT that is no plain number', /\blimit\s+(?:-|'|:|cast)/i],
	['IDENTIFIER() as the table that is changed', /(?:into|update|delete from) identifier\(/i],
	['key words as names', /select select|:select|table .* \(select int\)/i],
	['dots in parameter names', /:a\.b/],
	['type names as functions', /typeof\(/],
	['STREAM before a table function', /stream read_files/i],
	['a pipe after FROM', /^from range.* \|>/],
	['IDENTIFIER() as a function or an alias', /identifier\(:f\)\(|as identifier\(/],
];

/** Where both read a statement and understand it differently. */
const OTHERWISE: [reason: string, pattern: RegExp][] = [
	['IDENTIFIER() is a function to polyglot', /identifier\(/i],
	['STREAM() is a function to polyglot', /stream\(/i],
];

const reasonFor = (list: typeof NOT_READ, text: string): string | undefined =>
	list.find(([, pattern]) => pattern.test(text))?.[0];

beforeAll(() => init());

function recordedStatements(file: string, text: string): Statement[] {
	const entry = z.object({
		id: z.string(),
		sql: z.union([z.string(), z.array(z.string()), z.null()]).optional(),
		expr: z.string().optional(),
		error: z.object({ condition: z.string().nullable() }).optional(),
	});
	const { entries } = z.object({ entries: z.array(entry) }).parse(JSON.parse(text));
	return entries.flatMap(({ id, sql, expr, error }) => {
		const texts = expr === undefined ? [sql ?? []].flat() : [`SELECT ${expr}`];
		return texts.map((each, index) => ({
			from: `${file} ${id}`,
			text: each,
			...(error === undefined || index < texts.length - 1
				? {}
				: { refused: error.condition ?? 'unknown' }),
		}));
	});
}

/** What follows AS in CREATE … AS query; other statements as they are. */
function queryPart(text: string): string {
	if (classify(text).verb !== 'CREATE') return text;
	let depth = 0;
	const tokens = tokenize(text);
	for (const [index, token] of tokens.entries()) {
		if (token.text === '(') depth += 1;
		if (token.text === ')') depth -= 1;
		const next = tokens[index + 1];
		if (depth > 0 || next === undefined || !/^as$/i.test(token.text)) continue;
		if (/^(?:select|with)$/i.test(next.text)) return text.slice(next.start);
	}
	return text;
}

async function recordedOnes(): Promise<Statement[]> {
	const found: Statement[] = [];
	const recordings = join(root, 'test/recordings/delta');
	for (const file of await readdir(recordings)) {
		if (!file.endsWith('.json')) continue;
		found.push(...recordedStatements(file, await readFile(join(recordings, file), 'utf8')));
	}
	return distinct(found);
}

const distinct = (all: readonly Statement[]): Statement[] => [
	...new Map(all.map((each) => [each.text, each])).values(),
];

async function statements(): Promise<Statement[]> {
	const found = await recordedOnes();
	for (const folder of ['bundle/src/pipeline', 'bundle/src/close']) {
		for (const file of await readdir(join(root, folder))) {
			if (!file.endsWith('.sql')) continue;
			const text = await readFile(join(root, folder, file), 'utf8');
			for (const each of splitStatements(text)) {
				found.push({ from: `${folder}/${file}`, text: queryPart(each) });
			}
		}
	}
	const workflow = z.object({
		nodes: z.array(
			z.object({
				name: z.string(),
				parameters: z.object({ statement: z.string().optional() }).passthrough(),
			}),
		),
	});
	for (const file of await readdir(join(root, 'workflows'))) {
		if (!file.endsWith('.json')) continue;
		const text = await readFile(join(root, 'workflows', file), 'utf8');
		for (const { name, parameters } of workflow.parse(JSON.parse(text)).nodes) {
			if (parameters.statement === undefined) continue;
			found.push({ from: `${file} ${name}`, text: parameters.statement });
		}
	}
	return distinct(found);
}

/** The tree of a query that our parser reads; undefined for what it refuses and for other statements. */
function ourTree(text: string): Query | undefined {
	try {
		return classify(text).isQuery ? queryOf(text) : undefined;
	} catch {
		return undefined;
	}
}

const isQuery = (text: string): boolean => {
	try {
		return classify(text).isQuery;
	} catch {
		return false;
	}
};

const isChange = ({ text, refused }: Statement): boolean =>
	refused === undefined && CHANGES.has(classify(text).verb);

function theirTree(text: string): Tree | undefined {
	const result = parse(text, Dialect.Databricks);
	if (!result.success) return undefined;
	const trees = z.array(z.record(z.unknown())).parse(result.ast);
	const [tree, ...more] = trees;
	if (tree === undefined || more.length > 0 || 'raw' in tree || 'command' in tree) return undefined;
	return result.ast?.[0];
}

/** The last name parts of the tables that our tree reads, without CTEs; undefined if it is refused. */
async function ourTables(query: Query): Promise<string[] | undefined> {
	const names = new Set<string>();
	const scope: Scope = {
		table: async (name) => {
			names.add((name[name.length - 1] ?? '').toLowerCase());
			return { sql: '', columns: [] };
		},
		tableFunction: async () => undefined,
		parameters: new Map(),
		session: { user: '' },
		now: new Date(0),
	};
	try {
		await lookUp(query, '', scope);
	} catch (error) {
		if (error instanceof SqlError) return undefined;
		throw error;
	}
	return [...names].sort();
}

const width = (body: QueryBody): number | undefined => {
	if (body.kind === 'select') return body.items.length;
	return body.kind === 'nested' ? width(body.query.body) : undefined;
};

function theirWidth(tree: Tree): number | undefined {
	const select = z.object({ select: z.object({ expressions: z.array(z.unknown()) }) });
	const read = select.safeParse(tree);
	return read.success ? read.data.select.expressions.length : undefined;
}

test('polyglot reads every query and change that we read, and sees the same tables and columns', async () => {
	let compared = 0;
	const used = new Set<string>();
	const unexplained: string[] = [];
	const except = (list: typeof NOT_READ, text: string, what: string): void => {
		const reason = reasonFor(list, text);
		if (reason === undefined) unexplained.push(`${what}: ${text}`);
		else used.add(reason);
	};
	for (const statement of await statements()) {
		const { from, text } = statement;
		const tree = ourTree(text);
		if (tree === undefined && !isChange(statement)) continue;
		const theirs = theirTree(text);
		if (theirs === undefined) {
			except(NOT_READ, text, `${from} is not read`);
			continue;
		}
		compared += 1;
		if (tree === undefined) continue;
		const ours = await ourTables(tree);
		const tables = [...new Set(ast.getTableNames(theirs).map((name) => name.toLowerCase()))].sort();
		if (ours !== undefined && ours.join() !== tables.join()) {
			except(OTHERWISE, text, `${from} reads ${ours.join()} or ${tables.join()}`);
		}
		const [items, theirItems] = [width(tree.body), theirWidth(theirs)];
		if (items !== undefined && theirItems !== undefined && items !== theirItems) {
			except(OTHERWISE, text, `${from} has ${items} columns or ${theirItems}`);
		}
	}
	expect(unexplained).toEqual([]);
	expect([...used].sort()).toEqual([...NOT_READ, ...OTHERWISE].map(([reason]) => reason).sort());
	expect(compared).toBeGreaterThan(700);
});

/** Conditions that Spark's parser raises. */
const OF_PARSER =
	/^(?:PARSE_|UNCLOSED_|TRAILING_COMMA|INVALID_(?:IDENTIFIER|SQL_SYNTAX|TYPED_LITERAL|NUMERIC_LITERAL))/;

test('the README says how both parsers fare against Spark', async () => {
	const counts = {
		taken: 0,
		ourTaken: 0,
		theirTaken: 0,
		refused: 0,
		ourRefused: 0,
		theirRefused: 0,
	};
	for (const { text, refused } of await recordedOnes()) {
		if (!isQuery(text)) continue;
		const ours = ourTree(text) !== undefined;
		const theirs = theirTree(text) !== undefined;
		if (OF_PARSER.test(refused ?? '')) {
			counts.refused += 1;
			if (!ours) counts.ourRefused += 1;
			if (!theirs) counts.theirRefused += 1;
		} else {
			counts.taken += 1;
			if (ours) counts.ourTaken += 1;
			if (theirs) counts.theirTaken += 1;
		}
	}
	const { taken, ourTaken, theirTaken, refused, ourRefused, theirRefused } = counts;
	const text = await readFile(join(root, 'workspace/README.md'), 'utf8');
	expect(text.replace(/\s+/g, ' ')).toContain(
		`of ${refused} recorded queries that Spark's parser refuses, ours refuses ${ourRefused} and polyglot ${theirRefused}; of ${taken} that it takes, ours takes ${ourTaken} and polyglot ${theirTaken}`,
	);
});
