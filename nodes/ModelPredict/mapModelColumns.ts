import type { FieldType, ILoadOptionsFunctions, ResourceMapperFields } from 'n8n-workflow';
import type { ColumnType } from '../databricks/serving/modelColumn';
import { modelColumns } from '../databricks/serving/modelColumns';
import { loadInEditor } from '../n8n/locators';

/** A whole number that a double cannot hold is entered as text, so texts are taken for numbers, too. */
const fieldTypes: Readonly<Record<ColumnType, FieldType>> = {
	double: 'number',
	integer: 'number',
	long: 'number',
	string: 'string',
	boolean: 'boolean',
	datetime: 'dateTime',
	doubles: 'array',
	array: 'array',
	object: 'object',
	other: 'string',
};

/** The input columns of the model that the chosen endpoint serves, as fields of the editor. */
export async function mapModelColumns(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await loadInEditor(this, async (workspace, parameters) => {
		const endpoint = parameters.optionalLocator('endpoint');
		if (endpoint === undefined) return { fields: [] };
		const columns = await modelColumns(workspace, endpoint.value);
		if (columns === undefined) {
			const emptyFieldsNotice =
				"The columns of this model cannot be read. Choose another 'Model Input', for example 'Using Fields Below'.";
			return { fields: [], emptyFieldsNotice };
		}
		const fields = columns.map(({ name, type, required }) => ({
			id: name,
			displayName: labelOf(name, type),
			type: fieldTypes[type],
			required,
			display: true,
			defaultMatch: false,
		}));
		return { fields };
	});
}

/** A column with its type, as the mapper of a table shows it, too. */
function labelOf(name: string, type: ColumnType): string {
	if (type === 'other') return name;
	return `${name} (${type === 'doubles' ? 'array of double' : type})`;
}
