import { createHash } from 'node:crypto';
import { bound, type DeltaSource, nameOf, query, quotedName, type Row } from './deltaSource';
import { DatabricksError } from '../errors';
import { quoteIdentifier } from '../sql/quoting';
import type { StatementParameter } from '../sql/statements';
import { getTable } from '../sql/tables';

/** How rows are put in order: by a column that grows, then by the key. */
export interface WatermarkOrder {
	watermark: string;
	keys: readonly string[];
	/** Minutes of a timestamp, days of a date, units of a number. */
	overlap: number;
}

/** The type of each column of the order, as SQL writes it. */
export interface WatermarkTypes {
	watermark: string;
	keys: string[];
}

/** A place in the order: values as CAST AS STRING writes them. */
export interface WatermarkPlace {
	watermark: string;
	keys: string[];
}

export interface WatermarkRow {
	row: Row;
	place: WatermarkPlace;
	/** Names the row by its key. */
	keyId: string;
	/** Names the row by its key and watermark. */
	stateId: string;
}

/**
 * The types, from Unity Catalog, which knows them for views and foreign tables, too.
 * Throws DatabricksError (badRequest) for a column that is not there or cannot be put in order.
 */
export async function watermarkTypes(
	source: DeltaSource,
	order: WatermarkOrder,
): Promise<WatermarkTypes> {
	const { columns = [] } = await getTable(source.workspace, nameOf(source));
	const typeOf = (name: string) => {
		const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
		const type = found?.type_text ?? '';
		if (/^[a-z_]+(\(\d+(,\s*\d+)?\))?$/i.test(type)) return type;
		throw new DatabricksError({
			kind: 'badRequest',
			message:
				found === undefined
					? `${nameOf(source)} has no column "${name}".`
					: `The column "${name}" of ${nameOf(source)} is of type ${type}, which has no order.`,
			hint: `Columns: ${columns.map((column) => column.name).join(', ')}.`,
		});
	};
	return { watermark: typeOf(order.watermark), keys: order.keys.map(typeOf) };
}

/** The last place of all, or undefined when no row has a watermark. */
export async function lastPlace(
	source: DeltaSource,
	order: WatermarkOrder,
): Promise<WatermarkPlace | undefined> {
	const columns = orderColumns(order);
	const down = columns.map((column) => `${column} DESC`).join(', ');
	const statement = `SELECT ${placeColumns(order)} FROM ${quotedName(source)} WHERE ${columns[0]} IS NOT NULL ORDER BY ${down} LIMIT 1`;
	for await (const row of query(source, statement)) return placeOf(row, order);
	return undefined;
}

/** The rows after a place, or from the overlap before it on, in order; all rows without a place. */
export async function* rowsAfter(
	source: DeltaSource,
	order: WatermarkOrder,
	types: WatermarkTypes,
	place: WatermarkPlace | undefined,
	options: { columns: readonly string[]; limit: number },
): AsyncGenerator<WatermarkRow, void, undefined> {
	const columns = orderColumns(order);
	const wanted =
		options.columns.length === 0 ? '*' : options.columns.map(quoteIdentifier).join(', ');
	const { condition, parameters } = after(order, types, place);
	const statement = `SELECT ${wanted}, ${placeColumns(order)} FROM ${quotedName(source)} WHERE ${condition} ORDER BY ${columns.join(', ')} LIMIT ${Math.trunc(options.limit)}`;
	for await (const found of query(source, statement, parameters)) {
		const foundPlace = placeOf(found, order);
		const row = { ...found };
		delete row._place_watermark;
		for (const index of order.keys.keys()) delete row[`_place_${index}`];
		yield {
			row,
			place: foundPlace,
			keyId: digest([nameOf(source), ...foundPlace.keys]),
			stateId: digest([nameOf(source), foundPlace.watermark, ...foundPlace.keys]),
		};
	}
}

function orderColumns(order: WatermarkOrder): string[] {
	return [order.watermark, ...order.keys].map(quoteIdentifier);
}

function placeColumns(order: WatermarkOrder): string {
	const keys = order.keys.map(
		(key, index) => `CAST(${quoteIdentifier(key)} AS STRING) AS _place_${index}`,
	);
	const watermark = `CAST(${quoteIdentifier(order.watermark)} AS STRING) AS _place_watermark`;
	return [watermark, ...keys].join(', ');
}

function placeOf(row: Row, order: WatermarkOrder): WatermarkPlace {
	return {
		watermark: String(row._place_watermark),
		keys: order.keys.map((_, index) => String(row[`_place_${index}`] ?? '')),
	};
}

function after(
	order: WatermarkOrder,
	types: WatermarkTypes,
	place: WatermarkPlace | undefined,
): { condition: string; parameters: StatementParameter[] } {
	const watermark = quoteIdentifier(order.watermark);
	if (place === undefined) return { condition: `${watermark} IS NOT NULL`, parameters: [] };
	const reached = `CAST(:place AS ${types.watermark})`;
	const parameters = bound({ place: place.watermark });
	if (order.overlap > 0) {
		const lower = lowered(reached, types.watermark, order.overlap);
		return { condition: `${watermark} >= ${lower}`, parameters };
	}
	let later = 'FALSE';
	for (const [index, key] of [...order.keys.entries()].reverse()) {
		const column = quoteIdentifier(key);
		const value = `CAST(:key_${index} AS ${types.keys[index] ?? 'STRING'})`;
		for (const marker of bound({ [`key_${index}`]: place.keys[index] ?? '' }))
			parameters.push(marker);
		later = `(${column} > ${value} OR (${column} = ${value} AND ${later}))`;
	}
	return {
		condition: `(${watermark} > ${reached} OR (${watermark} = ${reached} AND ${later}))`,
		parameters,
	};
}

function lowered(value: string, type: string, overlap: number): string {
	if (/^timestamp/i.test(type)) return `TIMESTAMPADD(MINUTE, -${Math.ceil(overlap)}, ${value})`;
	if (/^date$/i.test(type)) return `DATE_SUB(${value}, ${Math.ceil(overlap)})`;
	if (/^(string|varchar|char|boolean|binary)/i.test(type)) return value;
	return `${value} - ${overlap}`;
}

function digest(parts: readonly string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}
