/** A number in a JSON body by its text, where a double would lose digits or its point. */
export class NumberText {
	/** @param text a JSON number: digits, perhaps with a point and an exponent */
	constructor(readonly text: string) {}
}
