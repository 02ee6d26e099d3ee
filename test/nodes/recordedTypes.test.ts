import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { namedColumns, rowReader } from '../../nodes/databricks/sql/columnTypes';
import { rowsParameter, rowText, sourceQuery } from '../../nodes/databricks/sql/rowBatches';
import { parseSqlType } from '../../nodes/databricks/sql/sqlTypes';
import { jsonLeaves } from '../../nodes/databricks/sql/sqlValues';
import { bindRows } from '../../nodes/SqlStatement/bindParameters';
import { SqlError } from '../../workspace/sql/sqlError';
import { typeText, wireTypeName } from '../../workspace/sql/sqlType';
import { openLakehouse } from '../workspace/delta/openLakehouse';

/** Values of every type, recorded from Spark 4.1. */
const { entries } = z
	.object({ entries: z.array(z.object({ id: z.string(), expr: z.string().optional() })) })
	.parse(JSON.parse(readFileSync(join(__dirname, '../recordings/delta/types.json'), 'utf8')));

/**
 * Types whose values cannot go back in the local workspace: an interval's text on the wire has years and
 * months or days to seconds, which CAST takes for those types alone, so that others are refused, as are
 * intervals inside of JSON and JSON keys that are no texts; VOID has no values.
 */
const refusedBack = /INTERVAL|VOID|MAP<(?:STRUCT|BINARY)/;

/** Numbers inside of a VARIANT have a kind that an item cannot hold: they come back as another kind. */
const otherKindOfNumber: Readonly<Record<string, string>> = {
	'variant-double': '1000.0 is the number 1000 in an item, which comes back as a whole number',
	'variant-big-number': 'more digits than a number of an item holds are text, and stay text',
};

let lake: Awaited<ReturnType<typeof openLakehouse>>;
beforeAll(async () => {
	lake = await openLakehouse();
});
afterAll(async () => await lake.lakehouse.close());

/** The one cell of a query with its type, or undefined where the local workspace refuses the query. */
async function cellOf(sql: string, parameters?: Parameters<typeof lake.run>[1]) {
	try {
		const { columns, rows } = await lake.run(sql, parameters);
		const [column] = columns;
		if (column === undefined) throw new Error(`${sql} has no column.`);
		const described = {
			name: 'v',
			type_name: wireTypeName(column.type),
			type_text: typeText(column.type),
		};
		const row = rows[0] ?? [];
		const item = rowReader(namedColumns([described]))(row).v;
		return { wire: row[0] ?? null, type: described.type_text, item };
	} catch (error) {
		if (error instanceof SqlError) return { refused: error.message };
		throw error;
	}
}

/** `DECIMAL(18,2)` as the fields of a parameter have it. */
function fieldsOf(type: string) {
	const digits = /^DECIMAL\((.*)\)$/.exec(type)?.[1];
	return digits === undefined ? { type } : { type: 'DECIMAL', precisionScale: digits };
}

test('every recorded value: wire → item → wire, through a parameter and through rows', async () => {
	const count = { both: 0, rows: 0, otherKind: 0, null: 0, refused: 0, refusedBack: 0 };
	const differing: unknown[] = [];
	const table: string[] = [];
	for (const { id, expr } of entries) {
		if (expr === undefined) continue;
		const read = await cellOf(`SELECT ${expr} AS v`);
		const line =
			'refused' in read ? [expr] : [expr, read.type, read.wire, JSON.stringify(read.item)];
		const tell = (back: string) => table.push([...line, back].join(' → '));
		if ('refused' in read) {
			count.refused++;
			tell('refused by the local workspace');
			continue;
		}
		if (read.item === null) {
			count.null++;
			tell('NULL');
			continue;
		}
		const type = parseSqlType(read.type);
		const column = { name: 'v', type, isNullable: true };
		try {
			const texts = [rowText([jsonLeaves(read.item, type)])];
			const back = await cellOf(sourceQuery([column]), rowsParameter(texts));
			if ('refused' in back && refusedBack.test(read.type)) {
				count.refusedBack++;
				tell('the way back is refused by the local workspace');
				continue;
			}
			const isSame = 'wire' in back && back.wire === read.wire;
			const reason = otherKindOfNumber[id];
			if (reason !== undefined && !isSame) {
				count.otherKind++;
				tell(reason);
				continue;
			}
			if (reason !== undefined || !isSame) {
				differing.push([id, 'rows', read, back]);
				continue;
			}
			// The API has no parameters of these types.
			if (type.kind !== 'scalar' || type.name === 'VARIANT') {
				count.rows++;
				tell('the same through rows');
				continue;
			}
			const bound = bindRows('SELECT :v AS v', [
				{ name: 'v', value: read.item, ...fieldsOf(read.type) },
			]);
			const again = await cellOf(bound.statement, bound.parameters);
			if (!('wire' in again) || again.wire !== read.wire) {
				differing.push([id, 'parameter', read, again]);
			} else {
				count.both++;
				tell('the same through a parameter and through rows');
			}
		} catch (error) {
			differing.push([id, read, error instanceof Error ? error.message : error]);
		}
	}
	expect(table.join('\n')).toMatchSnapshot('expression → type → wire → item → the way back');
	console.log(`types.json: ${JSON.stringify(count)}`);
	expect(differing).toEqual([]);
	expect(count).toEqual({
		both: 192,
		rows: 28,
		otherKind: 2,
		null: 6,
		refused: 5,
		refusedBack: 26,
	});
});
