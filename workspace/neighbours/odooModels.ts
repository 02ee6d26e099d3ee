/** A field of an Odoo model, as `fields_get` tells of it. */
export interface OdooField {
	type: 'integer' | 'char' | 'date' | 'float' | 'datetime';
	string: string;
	required: boolean;
}

export type OdooFields = Readonly<Record<string, OdooField>>;

function field(type: OdooField['type'], string: string, required = false): OdooField {
	return { type, string, required };
}

/** The custom model that takes the close: one record an agency and month, `x_name` unique. */
export const filingModel = 'x_bir_filing';

export const odooModels: Readonly<Record<string, OdooFields>> = {
	[filingModel]: {
		id: field('integer', 'ID'),
		x_name: field('char', 'Reference', true),
		x_agency: field('char', 'Agency', true),
		x_period: field('date', 'Period', true),
		x_transactions: field('integer', 'Transactions'),
		x_withholding_tax: field('float', 'Withholding Tax'),
		x_income_tax: field('float', 'Income Tax'),
		x_vat: field('float', 'VAT'),
		x_forecast_period: field('date', 'Forecast Period'),
		x_forecast_withholding_tax: field('float', 'Forecast Withholding Tax'),
	},
};

export type OdooValue = string | number | boolean | null;
/** A record; `id` is set by Odoo. Empty fields are `false`, as Odoo gives them. */
export type OdooRecord = Record<string, OdooValue>;

/** What Odoo raises; `kind` is the Python class that clients see. */
export class OdooError extends Error {
	constructor(
		readonly kind: string,
		message: string,
	) {
		super(message);
	}
}

/** Checks names and types of values. Throws OdooError (ValueError) as the ORM does. */
export function checkedValues(model: string, values: OdooRecord): OdooRecord {
	const fields = fieldsOf(model);
	for (const [name, value] of Object.entries(values)) {
		const known = fields[name];
		if (!known || name === 'id') {
			throw new OdooError('builtins.ValueError', `Invalid field '${name}' on model '${model}'`);
		}
		if (value === false || value === null) continue;
		if (!fits(known.type, value)) {
			const shown = JSON.stringify(value);
			throw new OdooError('builtins.ValueError', `Wrong value for ${model}.${name}: ${shown}`);
		}
	}
	return values;
}

/** Throws OdooError (KeyError) for a model that is not there. */
export function fieldsOf(model: string): OdooFields {
	const fields = odooModels[model];
	if (!fields) throw new OdooError('builtins.KeyError', model);
	return fields;
}

function fits(type: OdooField['type'], value: OdooValue): boolean {
	if (type === 'integer') return Number.isInteger(value);
	if (type === 'float') return typeof value === 'number';
	if (type === 'date') return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
	return typeof value === 'string';
}
