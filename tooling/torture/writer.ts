/** Makes one commit after the other, at random: what all can happen to a table. */
export class Writer {
	private columns = 0;
	private nextId = 1;

	constructor(
		private readonly run: (statement: string) => Promise<unknown>,
		private readonly table: string,
		private readonly random: () => number,
	) {}

	async create(): Promise<void> {
		this.columns = 0;
		await this.run(
			`CREATE TABLE ${this.table} (id INT, amount DECIMAL(18,2)) TBLPROPERTIES (delta.enableChangeDataFeed = true)`,
		);
	}

	/** One statement, now and then two. */
	async step(): Promise<void> {
		const [, act] = this.choose(actions);
		await act(this);
	}

	private choose(actions: readonly Action[]): Action {
		let left = this.random() * actions.reduce((sum, [weight]) => sum + weight, 0);
		for (const action of actions) {
			left -= action[0];
			if (left < 0) return action;
		}
		throw new Error('There is nothing to choose from.');
	}

	private below(limit: number): number {
		return Math.floor(this.random() * limit);
	}

	private rows(): string {
		const padding = ', NULL'.repeat(this.columns);
		const count = 1 + this.below(12);
		// Some rows are equal in everything.
		const row = () =>
			`(${this.random() < 0.1 ? 1 : this.nextId++}, ${this.below(100)}.50${padding})`;
		return Array.from({ length: count }, row).join(', ');
	}

	async insert(): Promise<void> {
		await this.run(`INSERT INTO ${this.table} VALUES ${this.rows()}`);
	}

	async update(): Promise<void> {
		await this.run(`UPDATE ${this.table} SET amount = amount + 1 WHERE id % 7 = ${this.below(7)}`);
	}

	async delete(): Promise<void> {
		await this.run(`DELETE FROM ${this.table} WHERE id % 9 = ${this.below(9)}`);
	}

	async merge(): Promise<void> {
		const [from, count] = [this.below(this.nextId), 1 + this.below(5)];
		const ids = Array.from({ length: count }, (_, index) => `(${from + index})`).join(', ');
		await this.run(
			`MERGE INTO ${this.table} AS t USING (SELECT * FROM VALUES ${ids} AS v(k)) AS s ON t.id = s.k AND t.id <> 1
				WHEN MATCHED AND t.id % 2 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET amount = 0
				WHEN NOT MATCHED THEN INSERT (id, amount) VALUES (s.k, 9)`,
		);
	}

	async overwrite(): Promise<void> {
		await this.run(`INSERT OVERWRITE ${this.table} VALUES ${this.rows()}`);
	}

	async optimize(): Promise<void> {
		await this.run(`OPTIMIZE ${this.table}`);
	}

	async setProperty(): Promise<void> {
		await this.run(`ALTER TABLE ${this.table} SET TBLPROPERTIES (note = 'n${this.below(9)}')`);
	}

	async addColumn(): Promise<void> {
		if (this.columns >= 3) return await this.setProperty();
		this.columns += 1;
		await this.run(`ALTER TABLE ${this.table} ADD COLUMN c${this.nextId}_${this.columns} STRING`);
	}

	async restore(): Promise<void> {
		// Only back to versions with the columns of now, or INSERT would not know how many there are.
		if (this.columns > 0) return await this.insert();
		await this.run(`RESTORE TABLE ${this.table} TO VERSION AS OF ${this.below(2)}`);
	}

	async recreate(): Promise<void> {
		await this.run(`DROP TABLE ${this.table}`);
		await this.create();
		await this.insert();
	}
}

type Action = readonly [weight: number, act: (writer: Writer) => Promise<void>];

const actions: readonly Action[] = [
	[40, (writer) => writer.insert()],
	[15, (writer) => writer.update()],
	[12, (writer) => writer.delete()],
	[12, (writer) => writer.merge()],
	[5, (writer) => writer.overwrite()],
	[5, (writer) => writer.optimize()],
	[4, (writer) => writer.setProperty()],
	[3, (writer) => writer.addColumn()],
	[3, (writer) => writer.restore()],
	[2, (writer) => writer.recreate()],
];
